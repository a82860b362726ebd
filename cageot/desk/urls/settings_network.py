"""What the network head keeps, and the charter that gardens read; partners and people are told on both sides."""

from django.urls import path

from cageot.desk.views import settings_network, settings_partners, settings_people

RESEAU = "reseau/"
EDITION = f"{RESEAU}editions/<slug:edition>/"
CARD = f"{RESEAU}jardins/<slug:garden>/"
GARDEN = "jardins/<slug:garden>/"

urlpatterns = [
    path(RESEAU, settings_network.show, name="settings_network"),
    path(f"{RESEAU}communes/", settings_network.communes, name="network_communes"),
    path(f"{RESEAU}nouvelle-edition/", settings_network.new_edition, name="settings_edition_new"),
    path(EDITION, settings_network.edition, name="settings_edition"),
    path(f"{EDITION}modifier/", settings_network.edit_edition, name="settings_edition_edit"),
    path(f"{EDITION}budget/", settings_network.budget, name="settings_edition_budget"),
    path(f"{RESEAU}nouveau-jardin/", settings_network.new_garden, name="garden_new"),
    path(CARD, settings_network.garden_card, name="garden_card"),
    path(f"{CARD}modifier/", settings_network.edit_card, name="garden_card_edit"),
    path(f"{CARD}etat/", settings_network.status, name="garden_status"),
    path(f"{CARD}etat/<int:pk>/retirer/", settings_network.withdraw_status, name="garden_status_withdraw"),
    path(f"{GARDEN}charte/", settings_network.charter, name="charter"),
    path("partenaires/", settings_partners.of_network, name="all_partners"),
    path("partenaires/ajouter/", settings_partners.new_of_network, name="all_partner_new"),
    path("partenaires/<int:pk>/", settings_partners.show, name="partner"),
    path("partenaires/<int:pk>/modifier/", settings_partners.edit, name="partner_edit"),
    path(f"{GARDEN}partenaires/", settings_partners.of_garden, name="partners"),
    path(f"{GARDEN}partenaires/ajouter/", settings_partners.new, name="partner_new"),
    path(f"{GARDEN}partenaires/communes/", settings_partners.communes, name="partner_communes"),
    path("personnes/", settings_people.of_network, name="all_people"),
    path("personnes/donner-un-role/", settings_people.give_anywhere, name="all_role_new"),
    path("personnes/<int:pk>/", settings_people.show, name="person"),
    path("personnes/<int:pk>/modifier/", settings_people.edit, name="person_edit"),
    path("roles/<int:pk>/fin/", settings_people.end, name="role_end"),
    path(f"{GARDEN}equipe/", settings_people.of_garden, name="team"),
    path(f"{GARDEN}equipe/donner-un-role/", settings_people.give, name="role_new"),
]
