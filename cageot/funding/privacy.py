"""What the money side tells of people: next to nothing. It never knew a household (decision 0001)."""

from cageot.core.privacy import Table

SEALED = "the books are sealed and kept ten years; the form asks for no name"
AN_AGREEMENT = "it is about an agreement between organisations; the form asks for no name"

TABLES = [
    Table("funding.Agreement_gardens", "Which gardens an agreement serves.", none="id agreement garden"),
    Table("funding.Agreement", "Who pays what, for which public, where.",
          free="ended_because", keep={"ended_because": AN_AGREEMENT},
          none="id name partner audience affiliation from_day until_day notice_days classification given_on in_programme status"),
    Table("funding.AgreementPayer", "A payer, its quota and what is used of it.",
          none="id agreement rank kind partner quota_baskets quota_cents used_baskets used_cents"),
    Table("funding.CapExemption", "A permission to go past the cap.",
          indirect="decided_by", free="reason answer", keep={"reason": AN_AGREEMENT, "answer": AN_AGREEMENT},
          none="id edition agreement max_member_bp from_day until_day status decided_on"),
    Table("funding.Tariff", "A price grid.", none="id agreement name"),
    Table("funding.TariffLine", "What a size costs a member.",
          none="id tariff size_code from_day price_cents member_kind member_cents member_bp cap_bp exemption"),
    Table("funding.TariffShare", "What a payer owes on a line.", none="id line payer kind cents bp"),
    Table("funding.Books", "Whose turn it is, and the head of the chain.", none="id turns last_entry last_charge head"),
    Table("funding.Account", "Where money stands.", none="id garden kind payer"),
    Table("funding.Seal", "What makes an entry final.", none="id previous hash"),
    Table("funding.Entry", "One movement of the books.",
          indirect="by", free="reason", keep={"reason": SEALED},
          none="id seal kind garden week day reverses at"),
    Table("funding.Posting", "One line of an entry.", none="id entry account cents"),
    Table("funding.Charge", "What one basket cost, under a pseudonym that nobody can compute once its household is forgotten.",
          indirect="key household_key commune_code audience affiliation",
          none="id entry kind revision sign garden week day agreement line in_programme size_code state price_cents member_cents cap_cents"),
    Table("funding.Share", "What one payer pays of a charge.", none="id charge rank by payer cents asked_cents why"),
]  # fmt: skip
