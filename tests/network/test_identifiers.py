"""Numbers that carry their own proof: one wrong digit is seen. The samples are public examples."""

import pytest

from cageot.network.rules.identifiers import compact, is_bic, is_iban, is_ics, is_siret


@pytest.mark.parametrize("text", ["73282932000074", "35600000049837"])
def test_a_siret_is_known_by_its_key_even_la_postes(text):
    assert is_siret(text)


@pytest.mark.parametrize("text", ["73282932000075", "7328293200007", "73282932OOOO74", "", "³3282932000074"])
def test_a_siret_with_a_wrong_digit_is_seen(text):
    assert not is_siret(text)


@pytest.mark.parametrize(
    "text", ["FR7630006000011234567890189", "FR1420041010050500013M02606", "DE89370400440532013000"]
)
def test_an_iban_is_known_by_its_key_and_length(text):
    assert is_iban(text)


@pytest.mark.parametrize(
    "text", ["FR7630006000011234567890188", "FR763000600001123456789018", "7630006000011234567890189FR", ""]
)
def test_an_iban_with_a_wrong_digit_or_one_missing_is_seen(text):
    assert not is_iban(text)


def test_a_bic_and_a_creditor_identifier_are_known_by_their_shape_and_key():
    assert is_bic("AGRIFRPP")
    assert is_bic("AGRIFRPP882")
    assert not is_bic("AGRI FRPP")
    assert is_ics("FR72ZZZ123456")
    assert is_ics("FR72ABC123456"), "the business code is not in the key"
    assert not is_ics("FR73ZZZ123456")


def test_spaces_and_small_letters_do_not_matter():
    assert compact(" fr76 3000-6000 ") == "FR7630006000"
