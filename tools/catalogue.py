"""The table of contents: every ability there is."""

from tools.assign_bed import assign_bed
from tools.book_appointment import book_appointment
from tools.cancel_appointment import cancel_appointment
from tools.change_case import change_case
from tools.create_requisition import create_requisition
from tools.explain_change import explain_change
from tools.forecast_demand import forecast_demand
from tools.hand_over import hand_over
from tools.hold_slot import hold_slot
from tools.list_approvals import list_approvals
from tools.list_exceptions import list_exceptions
from tools.offer_waitlist import offer_waitlist
from tools.predict_duration import predict_duration
from tools.predict_no_show import predict_no_show
from tools.propose_allocation import propose_allocation
from tools.query_bookings import query_bookings
from tools.query_capacity import query_capacity
from tools.query_erp import query_erp
from tools.query_inventory import query_inventory
from tools.query_kpi import query_kpi
from tools.query_schedule import query_schedule
from tools.record_event import record_event
from tools.release_block import release_block
from tools.request_maintenance import request_maintenance
from tools.request_staffing import request_staffing
from tools.reschedule_appointment import reschedule_appointment
from tools.search_handbook import search_handbook
from tools.simulate import simulate
from tools.submit_plan import submit_plan
from tools.substitute_item import substitute_item
from tools.tool import Tool
from tools.withdraw_request import withdraw_request

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        assign_bed,
        book_appointment,
        cancel_appointment,
        change_case,
        create_requisition,
        explain_change,
        forecast_demand,
        hand_over,
        hold_slot,
        list_approvals,
        list_exceptions,
        offer_waitlist,
        predict_duration,
        predict_no_show,
        propose_allocation,
        query_bookings,
        query_capacity,
        query_erp,
        query_inventory,
        query_kpi,
        query_schedule,
        record_event,
        release_block,
        request_maintenance,
        request_staffing,
        reschedule_appointment,
        search_handbook,
        simulate,
        submit_plan,
        substitute_item,
        withdraw_request,
    )
}
