"""The outbox of a garden."""

from django.urls import path

from cageot.desk.views import messages

MESSAGES = "jardins/<slug:garden>/messages/"

urlpatterns = [
    path(MESSAGES, messages.index, name="messages"),
    path(f"{MESSAGES}lettres.pdf", messages.letters, name="messages_letters"),
    path(f"{MESSAGES}lettres/", messages.printed, name="messages_printed"),
    path(f"{MESSAGES}revenu/", messages.bounce, name="message_bounce"),
    path(f"{MESSAGES}a-joindre/", messages.lost, name="messages_lost"),
    path(f"{MESSAGES}<int:message>/", messages.show, name="message"),
    path(f"{MESSAGES}<int:message>/renvoyer/", messages.resend, name="message_resend"),
    path(f"{MESSAGES}<int:message>/retirer/", messages.drop, name="message_drop"),
]
