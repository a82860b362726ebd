"""The accountant's books: of a garden's association, and of the network head."""

from django.urls import path

from cageot.desk.views import books, books_write

GARDEN = "jardins/<slug:garden>/argent/comptes/"
NETWORK = "argent/comptes/"

urlpatterns = [
    path(f"{NETWORK}associations/", books.entities, name="all_books_entities"),
    path(f"{NETWORK}associations/reunir/", books_write.gather, name="all_books_gather"),
    path(f"{NETWORK}associations/virement/", books_write.transfer, name="all_books_transfer"),
]

for start, before in ((GARDEN, ""), (NETWORK, "all_")):
    urlpatterns += [
        path(start, books.show, name=f"{before}books"),
        path(f"{start}association/", books_write.describe, name=f"{before}books_details"),
        path(f"{start}ecrire/", books_write.write, name=f"{before}books_write"),
        path(f"{start}reprise/", books_write.opened, name=f"{before}books_opened"),
        path(f"{start}<int:year>/", books.show, name=f"{before}books_year"),
        path(f"{start}<int:year>/comptes/<slug:account>/", books.account, name=f"{before}books_account"),
        path(f"{start}<int:year>/journal/", books.journal, name=f"{before}books_journal"),
        path(f"{start}<int:year>/ecritures/<int:entry>/", books_write.entry, name=f"{before}books_entry"),
        path(f"{start}<int:year>/fichiers/", books.files, name=f"{before}books_files"),
        path(f"{start}<int:year>/fichiers/<slug:what>/<str:form>/", books.download, name=f"{before}books_file"),
        path(f"{start}<int:year>/fonds-dedies/", books.earmarked, name=f"{before}books_earmarked"),
        path(f"{start}<int:year>/cloture/", books_write.close, name=f"{before}books_close"),
        path(f"{start}<int:year>/dates/", books_write.dates, name=f"{before}books_dates"),
    ]
