"""What the garden offers: its products."""

from django.urls import path

from cageot.desk.views import products

PRODUITS = "jardins/<slug:garden>/reglages/produits/"

urlpatterns = [
    path(PRODUITS, products.index, name="products"),
    path(f"{PRODUITS}ajouter/", products.new, name="product_new"),
    path(f"{PRODUITS}<int:product>/", products.edit, name="product"),
    path(f"{PRODUITS}<int:product>/archiver/", products.archive, name="product_archive"),
]
