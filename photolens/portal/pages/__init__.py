"""The portal as web pages, drawn here: for a client with a browser and nothing else. A module for each part of it.

They show and do what the portal's operations show and do, by the same queries and actions. Whoever is signed in is
known by a cookie that only these addresses get; the API never looks at it.
"""

from photolens.portal.pages import account, house, invoices, shoots, signing_in

blp = house.blp

__all__ = ["account", "blp", "invoices", "shoots", "signing_in"]
