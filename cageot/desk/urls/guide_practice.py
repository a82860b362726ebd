"""What gardens tell each other: sheets, questions, the digest, moderation."""

from django.urls import path

from cageot.desk.views import guide_practice as views
from cageot.desk.views import guide_questions as questions

SHEET = "entraide/fiches/<int:sheet>/"
QUESTION = "entraide/questions/<int:question>/"

urlpatterns = [
    path("entraide/", views.index, name="sheets"),
    path("entraide/fiches/nouvelle/", views.new, name="sheet_new"),
    path(SHEET, views.show, name="sheet"),
    path(f"{SHEET}modifier/", views.edit, name="sheet_edit"),
    path(f"{SHEET}historique/", views.history, name="sheet_history"),
    path(f"{SHEET}publier/", views.publish, name="sheet_publish"),
    path(f"{SHEET}nous-aussi/", views.also, name="sheet_also"),
    path(f"{SHEET}commenter/", views.comment, name="sheet_comment"),
    path(f"{SHEET}joindre/", views.attach, name="sheet_attach"),
    path(f"{SHEET}fichiers/<int:attachment>/", views.attachment, name="sheet_file"),
    path(f"{SHEET}fichiers/<int:attachment>/retirer/", views.detach, name="sheet_detach"),
    path("entraide/questions/", questions.index, name="questions"),
    path("entraide/questions/poser/", questions.ask, name="question_ask"),
    path(QUESTION, questions.show, name="question"),
    path(f"{QUESTION}repondre/", questions.answer, name="question_answer"),
    path(f"{QUESTION}aide/<int:reply>/", questions.helped, name="question_helped"),
    path("entraide/signaler/<slug:what>/<int:thing>/", views.flag, name="flag"),
    path("entraide/moderation/", views.moderation, name="moderation"),
    path("entraide/moderation/<int:flag>/laisser/", views.settle, name="flag_settle"),
    path("entraide/moderation/<slug:what>/<int:thing>/", views.hide, name="hide"),
    path("entraide/resume/", views.choose_digest, name="digest"),
]
