"""Addresses of the reports."""

from django.urls import path

from reports.views import acceptance, exports, funnel, index, plans, report, where

app_name = "reports"
urlpatterns = [
    path("reports/", index.index, name="index"),
    path("reports/funnel/", funnel.funnel_page, name="funnel"),
    path("reports/funnel.csv", funnel.funnel_csv, name="funnel-csv"),
    path("reports/funnel/leads/", funnel.funnel_leads, name="funnel-leads"),
    path("reports/funnel/leads.csv", funnel.funnel_leads_csv, name="funnel-leads-csv"),
    path("reports/acceptance/", acceptance.acceptance_page, name="acceptance"),
    path("reports/acceptance.csv", acceptance.acceptance_csv, name="acceptance-csv"),
    path(
        "reports/acceptance/leads/",
        acceptance.acceptance_leads,
        name="acceptance-leads",
    ),
    path(
        "reports/acceptance/leads.csv",
        acceptance.acceptance_leads_csv,
        name="acceptance-leads-csv",
    ),
    path("reports/agreement/plans/", plans.plan_page, name="plans"),
    path("reports/exports/", exports.export_list, name="exports"),
    path("reports/exports/<int:pk>/", exports.export_file, name="export-file"),
    path("reports/<slug:name>/where/", where.where, name="where"),
    path("reports/<slug:name>/export/", exports.export_report, name="export"),
    path("reports/<slug:name>/", report.report_page, name="report"),
    path("reports/<slug:name>/records/", report.report_records, name="records"),
]
