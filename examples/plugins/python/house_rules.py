"""The house rules of an invented company: the world `plugin` of `wit/`, in Python.

`componentize-py` makes the module `wit_world` of the WIT while it builds; `componentize-py …
bindings` writes it out for your editor.
"""

import json

import instance_tags
import role_everywhere
import role_trust
from componentize_py_types import Err
from facts import Outcome, Unknown, pages
from wit_world.imports import findings, resources
from wit_world.imports.types import Evaluation, Finding, PluginInfo, Scope, Verdict

CHECKS = {check.INFO.id: check for check in (instance_tags, role_everywhere, role_trust)}


class WitWorld:
    """What the component exports; the name is that of the world's protocol in `wit_world`."""

    def describe(self) -> PluginInfo:
        return PluginInfo(
            name="house-rules",
            version="0.1.0",
            checks=[check.INFO for check in CHECKS.values()],
        )

    def evaluate(self, evaluation: Evaluation) -> None:
        try:
            evaluate(evaluation)
        except Err:
            raise
        except Exception as error:
            # Left alone, it would trap and not say why.
            raise Err(described(error)) from None


def evaluate(evaluation: Evaluation) -> None:
    for selected in evaluation.checks:
        if selected.id not in CHECKS:
            raise Err(f"there is no check `{selected.id}`")
        check = CHECKS[selected.id]
        parameters = json.loads(selected.parameters)
        if check.INFO.scope == Scope.ORGANIZATION:
            outcome = judged(check.judge, parameters)
            findings.report([finding(selected.id, None, outcome)])
            continue
        # A page at a time, so that no account is too large.
        for page in pages(resources, check.INFO.reads[0]):
            findings.report(
                [
                    finding(selected.id, document, judged(check.judge, parameters, document))
                    for document in page
                ]
            )


def judged(judge, *arguments) -> Outcome:
    """A check that meets something unknown ends with this verdict; all else that it raises is a
    mistake, and ends the evaluation."""
    try:
        return judge(*arguments)
    except Unknown as unknown:
        return Outcome(Verdict.UNKNOWN, str(unknown))


def described(error: Exception) -> str:
    """An exception with its place. There is no source code here for a whole traceback."""
    place = error.__traceback__
    while place.tb_next:
        place = place.tb_next
    file = place.tb_frame.f_code.co_filename
    return f"{type(error).__name__} in {file}, line {place.tb_lineno}: {error}"


def finding(check: str, document: dict | None, outcome: Outcome) -> Finding:
    return Finding(
        check=check,
        resource=document and document["arn"],
        verdict=outcome.verdict,
        message=outcome.message,
        evidence=outcome.places,
    )
