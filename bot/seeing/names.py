"""The names of spans and their attributes: OpenTelemetry's conventions for generative AI.

They are marked as in development there and may change; so they stand here and nowhere else, as of
version 1.38 of the semantic conventions, and a test compares them with the installed package's.
"""

from __future__ import annotations

SYSTEM = "frontdesk"

INVOKE_WORKFLOW = "invoke_workflow"
INVOKE_AGENT = "invoke_agent"
CHAT = "chat"
EXECUTE_TOOL = "execute_tool"

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
CONVERSATION = "gen_ai.conversation.id"
WORKFLOW = "gen_ai.workflow.name"
AGENT = "gen_ai.agent.name"
TOOL = "gen_ai.tool.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
ERROR_TYPE = "error.type"

MESSAGE = "frontdesk.message.id"
STEP = "frontdesk.step"
OUTCOME = "frontdesk.outcome"
ATTEMPTS = "frontdesk.model.attempts"
COST = "frontdesk.model.cost_microusd"
ROLE = "frontdesk.model.role"
