from django.apps import AppConfig


class BasketsConfig(AppConfig):
    name = "cageot.baskets"
