"""The consequences of each event in other rooms, run in the same transaction and in this order.

A verb records its events and imports nothing above it.
"""

from touchbook.core.activities.recording import record_completions, withdraw_completions
from touchbook.core.choices.starting import start_choices
from touchbook.core.contacts.deleting import delete_contacts_of_accounts
from touchbook.core.contacts.tagging import delete_from_contacts, merge_on_contacts, rename_on_contacts
from touchbook.core.deals.deleting import delete_deals_of_accounts
from touchbook.core.deals.moving import move_deals_of_contacts
from touchbook.core.enrolments.advancing import advance_contacts
from touchbook.core.enrolments.finishing import leave_deleted, leave_deleted_sequences
from touchbook.core.enrolments.obeying import obey_opt_outs
from touchbook.core.enrolments.reverting import revert_states
from touchbook.core.rederiving import rederive_numbers
from touchbook.core.sequences.attaching import detach_deleted_templates
from touchbook.core.tags.adding import start_collection
from touchbook.core.tasks.deleting import delete_tasks_of_accounts
from touchbook.core.tasks.moving import leave_closed_accounts, move_tasks_of_contacts
from touchbook.core.tasks.tagging import delete_from_tasks, merge_on_tasks
from touchbook.core.templates.withdrawing import remove_drafts, withdraw_mailings
from touchbook.core.touch.inheriting import hasten_for_new, inherit_from_changed_tag, inherit_from_new_tags
from touchbook.core.touch.recording import record_touches, withdraw_touches
from touchbook.core.touch.tasks import cancel_touch_tasks
from touchbook.core.transaction import Reactions

REACTIONS = Reactions(
    before={
        "task.reopened": [revert_states],
    },
    after={
        "team.created": [start_collection, start_choices],
        "team.updated": [rederive_numbers],
        "tag.updated": [rename_on_contacts, inherit_from_changed_tag],
        "tag.merged": [merge_on_contacts, merge_on_tasks],
        "tag.deleted": [delete_from_contacts, delete_from_tasks],
        "account.deleted": [delete_contacts_of_accounts, delete_deals_of_accounts, delete_tasks_of_accounts],
        "account.closed": [leave_closed_accounts],
        "contact.created": [hasten_for_new],
        "contact.updated": [inherit_from_new_tags],
        "contact.moved": [move_tasks_of_contacts, move_deals_of_contacts],
        "contact.deleted": [leave_deleted, cancel_touch_tasks],
        "contact.opt_outs_changed": [obey_opt_outs],
        "task.created": [record_completions],
        "task.completed": [record_completions, advance_contacts],
        "task.cancelled": [withdraw_mailings, advance_contacts],
        "task.no_show": [withdraw_mailings, advance_contacts],
        "task.skipped": [withdraw_mailings, advance_contacts],
        "task.reopened": [withdraw_completions],
        "task.deleted": [remove_drafts, advance_contacts],
        "activity.created": [record_touches],
        "activity.deleted": [withdraw_touches],
        "template.deleted": [detach_deleted_templates],
        "sequence.deleted": [leave_deleted_sequences],
    },
)
