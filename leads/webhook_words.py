"""What is told to another system, in words for a channel of people."""

import json
from typing import Any

from leads.choices import WebhookKind

# What the chat would take for its own marks.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def chat_body(body: str) -> str:
    """The message as JSON with one `text`, in the format that Slack made usual."""
    told = json.loads(body)
    data = told.get("data", {})
    lead = data.get("lead") or {}
    name = " ".join(filter(None, [lead.get("first_name"), lead.get("last_name")]))
    who = [name or lead.get("email"), lead.get("company")]
    title = str(WebhookKind(told["type"]).label)
    lines = [": ".join(filter(None, [title, ", ".join(filter(None, who))]))]
    lines += [_detail(data), lead.get("url", "")]
    text = "\n".join(str(line) for line in lines if line).translate(_ESCAPES)
    return json.dumps({"text": text})


def _detail(data: dict[str, Any]) -> str:
    """From which stage to which, or how much the deal is worth."""
    deal = data.get("deal") or {}
    if deal.get("amount") is not None:
        return f"{deal['amount']} {deal.get('currency', '')}".strip()
    if data.get("from") and data.get("to"):
        return f"{data['from']} → {data['to']}"
    return ""
