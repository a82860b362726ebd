"""In which language a page is: as the browser was told, else as it wishes, among those that the address speaks."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from cageot.space.languages import TO_PROOFREAD, chosen, names, offered, wished


class LanguageMiddleware(LocaleMiddleware):
    """Sets the language; `request.languages`: those to choose from, as (code, own name); `request.to_proofread`."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(chosen(request) or wished(request))
        request.LANGUAGE_CODE = translation.get_language()
        request.languages = names(offered(request.path_info))  # type: ignore[attr-defined]
        request.to_proofread = TO_PROOFREAD  # type: ignore[attr-defined]
