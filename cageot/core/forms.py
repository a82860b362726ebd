from django.forms.renderers import TemplatesSetting


class PlainRenderer(TemplatesSetting):
    pass
