"""Languages that households speak, by their code (ISO 639-1), as said in French."""

from django.utils.translation import gettext_lazy as _

LANGUAGES = {
    "fr": _("français"), "sq": _("albanais"), "de": _("allemand"), "am": _("amharique"), "en": _("anglais"), "ar": _("arabe"),
    "hy": _("arménien"), "bn": _("bengali"), "ber": _("berbère"), "bg": _("bulgare"), "zh": _("chinois"), "ku": _("kurde"),
    "es": _("espagnol"), "ka": _("géorgien"), "ha": _("haoussa"), "it": _("italien"), "ln": _("lingala"), "mn": _("mongol"),
    "nl": _("néerlandais"), "ur": _("ourdou"), "ps": _("pachto"), "fa": _("persan, dari"), "ff": _("peul"), "pl": _("polonais"),
    "pt": _("portugais"), "ro": _("roumain"), "ru": _("russe"), "sr": _("serbe"), "so": _("somali"), "sw": _("swahili"),
    "ta": _("tamoul"), "ti": _("tigrigna"), "tr": _("turc"), "uk": _("ukrainien"), "vi": _("vietnamien"), "wo": _("wolof"),
    "lsf": _("langue des signes française"),
}  # fmt: skip
