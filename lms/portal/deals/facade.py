"""Deals' door: register, decide and read deals."""

from lms.portal.deals.queries import deals
from lms.portal.deals.service import decisions, drafts, registry

# What the demo and imports set up.
add_product = registry.add_product
set_terms = registry.set_terms

# What is done with deals; each takes the actor it is done by.
save_draft = drafts.save_draft
submit = drafts.submit
ask_for_training = drafts.ask_for_training
withdraw = drafts.withdraw
win = drafts.win
lose = drafts.lose
take = decisions.take
approve = decisions.approve
send_back = decisions.send_back
reject = decisions.reject
extend = decisions.extend
cancel = decisions.cancel
expire = decisions.expire

get_visible = deals.get_visible
page_deals = deals.page_deals
list_products = deals.list_products
