"""The guide, its toolbox, and the steps of a garden that starts."""

from django.urls import path

from cageot.desk.views import guide_book, guide_leaving, guide_papers, guide_start

CHAPTER = "guide/<slug:chapter>/"
PAPER = "guide/modeles/<slug:paper>/"
GARDEN = "jardins/<slug:garden>/modeles/"

urlpatterns = [
    path("guide/", guide_book.index, name="guide"),
    path("guide/nouveau/", guide_book.new, name="chapter_new"),
    path("guide/apercu/", guide_book.preview, name="chapter_preview"),
    path("guide/pdf/", guide_leaving.pdf, name="guide_pdf"),
    path("guide/site/", guide_leaving.site, name="guide_site"),
    path("guide/fichier/", guide_leaving.file, name="guide_file"),
    path("guide/importer/", guide_leaving.bring_in, name="guide_import"),
    path("guide/modeles/", guide_papers.index, name="templates"),
    path(PAPER, guide_papers.show, name="template"),
    path(f"{PAPER}modele.docx", guide_papers.file, name="template_file"),
    path(f"{PAPER}modifier/", guide_papers.edit, name="template_edit"),
    path(f"{PAPER}proposee/", guide_papers.newer, name="template_newer"),
    path(GARDEN, guide_papers.garden_index, name="garden_papers"),
    path(f"{GARDEN}<slug:paper>/", guide_papers.garden_show, name="garden_paper"),
    path(f"{GARDEN}<slug:paper>/modifier/", guide_papers.garden_edit, name="garden_paper_edit"),
    path(f"{GARDEN}<slug:paper>/reprendre/", guide_papers.garden_back, name="garden_paper_back"),
    path(f"{GARDEN}<slug:paper>/<str:form>/", guide_papers.garden_file, name="garden_paper_file"),
    path("jardins/<slug:garden>/demarrer/", guide_start.show, name="start"),
    path("jardins/<slug:garden>/demarrer/<slug:step>/", guide_start.step, name="start_step"),
    path("jardins/<slug:garden>/demarrer/<slug:step>/cocher/", guide_start.tick, name="start_tick"),
    path(CHAPTER, guide_book.show, name="chapter"),
    path(f"{CHAPTER}modifier/", guide_book.edit, name="chapter_edit"),
    path(f"{CHAPTER}historique/", guide_book.history, name="chapter_history"),
    path(f"{CHAPTER}historique/<int:version>/reprendre/", guide_book.restore, name="chapter_restore"),
    path(f"{CHAPTER}deplacer/", guide_book.move, name="chapter_move"),
    path(f"{CHAPTER}archiver/", guide_book.archive, name="chapter_archive"),
    path(f"{CHAPTER}proposee/", guide_book.newer, name="chapter_newer"),
]
