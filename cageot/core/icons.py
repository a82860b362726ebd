"""The few signs that help those who read little: 24 × 24, drawn with one stroke, always beside words."""

ICONS = {
    "week": '<path d="M8 3v4m8-4v4M4 10h16M5 5h14a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z"/>',
    "people": (
        '<circle cx="9" cy="8" r="3.5"/>'
        '<path d="M2.5 20a6.5 6.5 0 0 1 13 0m1-15.2a3.5 3.5 0 0 1 0 6.4m5 8.8a6.5 6.5 0 0 0-3.6-5.8"/>'
    ),
    "basket": '<path d="M3 10h18l-2 9.2a1 1 0 0 1-1 .8H6a1 1 0 0 1-1-.8zm4 0 4-6m6 6-4-6m-4 9.5v3.5m6-3.5v3.5"/>',
    "money": '<circle cx="12" cy="12" r="9"/><path d="M15.5 8.5a4.5 4.5 0 1 0 0 7M7.5 10.8h5m-5 2.5h5"/>',
    "partners": '<path d="M12 20s-8-4.6-8-10.3A4.3 4.3 0 0 1 12 7.5a4.3 4.3 0 0 1 8 2.2C20 15.4 12 20 12 20z"/>',
    "agreement": '<path d="M6 3h8l4 4v13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm8 0v4h4M9 12h6m-6 4h6"/>',
    "chart": '<path d="M4 20h16M7 16v-4m5 4V6m5 10v-7"/>',
    "map": '<path d="M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "leaf": '<path d="M5 20c0-9 4-15 15-15 0 11-6 14-12 13m-3 2c1-4 4-7 8-9"/>',
    "print": '<path d="M7 8V4h10v4M7 17H4v-7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v7h-3M7 14h10v6H7z"/>',
    "file": '<path d="M12 16V5m-4 4 4-4 4 4M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3"/>',
    "book": '<path d="M5 18V6a2 2 0 0 1 2-2h12v16H7a2 2 0 0 1 0-4h12M9 8h6"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5m0-8.5v.01"/>',
    "warning": '<path d="M12 4 2.8 20h18.4zm0 6v4.5m0 2.5v.01"/>',
    "error": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 7.5v5.5m0 3.5v.01"/>',
    "success": '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.8 2.8L16 9.8"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "up": '<path d="m5 14.5 7-7 7 7"/>',
    "down": '<path d="m5 9.5 7 7 7-7"/>',
    "back": '<path d="m14.5 5-7 7 7 7"/>',
    "next": '<path d="m9.5 5 7 7-7 7"/>',
    "more": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "home": '<path d="m3 11 9-7 9 7m-16-1.5V20h5v-6h4v6h5V9.5"/>',
    "help": ('<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.7.4-1.1.9-1.1 1.7m0 3v.01"/>'),
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "speech": '<path d="M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8 9.5h8M8 13h5"/>',
    "swap": '<path d="M4 8.5h13m-3.5-4 4 4-4 4M20 15.5H7m3.5-4-4 4 4 4"/>',
    "settings": ('<path d="M4 7h9m4 0h3M4 17h3m4 0h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>'),
    "mail": '<path d="M4 6h16v12H4zm0 1 8 6 8-6"/>',
    "phone": '<path d="M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm3 15h2"/>',
}
TURNED = {"back", "next"}
"""Signs that point along the line of text, turned over when it runs from right to left."""
