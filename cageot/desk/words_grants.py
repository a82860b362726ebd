"""What is said on screen of calls for projects and grants; the words of Cerfa n° 15059's table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

STATES = {
    "draft": (gettext_lazy("en préparation"), ""),
    "sent": (gettext_lazy("envoyée"), "sky"),
    "granted": (gettext_lazy("accordée"), "leaf"),
    "refused": (gettext_lazy("refusée"), "beet"),
    "withdrawn": (gettext_lazy("retirée"), ""),
    "stopped": (gettext_lazy("arrêtée"), "beet"),
}
"""The state of an application, its tone."""

CALLS = {
    "to_come": (gettext_lazy("à venir"), ""),
    "open": (gettext_lazy("ouvert"), "leaf"),
    "to_decide": (gettext_lazy("à décider"), "carrot"),
    "over": (gettext_lazy("clos"), ""),
}

REPORTS = {
    "": (gettext_lazy("à écrire"), "carrot"),
    "draft": (gettext_lazy("en préparation"), "squash"),
    "sent": (gettext_lazy("envoyé"), "sky"),
    "accepted": (gettext_lazy("accepté"), "leaf"),
    "returned": (gettext_lazy("à compléter"), "carrot"),
}

ACCOUNTS = {
    "60": gettext_lazy("Achats"),
    "61": gettext_lazy("Services extérieurs"),
    "62": gettext_lazy("Autres services extérieurs"),
    "63": gettext_lazy("Impôts et taxes"),
    "64": gettext_lazy("Charges de personnel"),
    "65": gettext_lazy("Autres charges de gestion courante"),
    "66": gettext_lazy("Charges financières"),
    "67": gettext_lazy("Charges exceptionnelles"),
    "68": gettext_lazy("Dotations aux amortissements, provisions et engagements"),
    "indirect": gettext_lazy("Charges indirectes affectées à l’action"),
    "70": gettext_lazy("Vente de produits finis, de marchandises, prestations de services"),
    "73": gettext_lazy("Dotations et produits de tarification"),
    "74": gettext_lazy("Subventions d’exploitation"),
    "75": gettext_lazy("Autres produits de gestion courante"),
    "76": gettext_lazy("Produits financiers"),
    "77": gettext_lazy("Produits exceptionnels"),
    "78": gettext_lazy("Reprises sur amortissements et provisions"),
    "79": gettext_lazy("Transfert de charges"),
    "860": gettext_lazy("Secours en nature"),
    "861": gettext_lazy("Mise à disposition gratuite de biens et services"),
    "862": gettext_lazy("Prestations"),
    "864": gettext_lazy("Personnel bénévole"),
    "870": gettext_lazy("Bénévolat"),
    "871": gettext_lazy("Prestations en nature"),
    "875": gettext_lazy("Dons en nature"),
}
"""The form's own words."""

PLAIN = {
    "60": gettext_lazy("ingrédients, petit matériel, fournitures"),
    "61": gettext_lazy("location d’une salle, entretien, assurance"),
    "62": gettext_lazy("intervenants, déplacements, impressions, téléphone"),
    "63": gettext_lazy("taxes sur les salaires"),
    "64": gettext_lazy("salaires et charges de qui anime"),
    "65": gettext_lazy("aides versées, droits d’auteur"),
    "66": gettext_lazy("intérêts d’emprunt"),
    "67": gettext_lazy("ce qui n’arrive pas d’habitude"),
    "68": gettext_lazy("usure du matériel, argent gardé pour l’an prochain"),
    "indirect": gettext_lazy("part du loyer, de l’électricité, de la comptabilité"),
    "70": gettext_lazy("participations des adhérents, ventes"),
    "73": gettext_lazy("prestations de la CAF, de la MSA"),
    "74": gettext_lazy("cette aide du réseau, commune, département, État"),
    "75": gettext_lazy("dons, cotisations, fondations"),
    "76": gettext_lazy("intérêts d’un livret"),
    "77": gettext_lazy("ce qui n’arrive pas d’habitude"),
    "78": gettext_lazy("argent gardé des années d’avant"),
    "79": gettext_lazy("aides au poste"),
    "860": gettext_lazy("denrées données"),
    "861": gettext_lazy("salle ou cuisine prêtée"),
    "862": gettext_lazy("intervenant qui ne se fait pas payer"),
    "864": gettext_lazy("heures de bénévoles"),
    "870": gettext_lazy("heures de bénévoles"),
    "871": gettext_lazy("salle prêtée, intervenant gratuit"),
    "875": gettext_lazy("denrées données"),
}
"""The same, as a gardener says it."""

MISSING = {
    "project": (1, gettext_lazy("Racontez le projet.")),
    "baskets": (1, gettext_lazy("Dites combien de paniers le projet accompagne.")),
    "asked_cents": (2, gettext_lazy("Écrivez la somme que vous demandez.")),
    "lines": (2, gettext_lazy("Écrivez au moins une dépense.")),
    "balance": (2, gettext_lazy("Le budget doit être équilibré : autant de ressources que de dépenses.")),
}
"""What is still to write before an application may be sent: at which step, and what to do."""
