// A check of a resource that looks at the organization around it and asks what a policy means.

import policy from "blastwall:plugin/policy@0.1.0";

import {
  ANYTHING, Unknown, acrossOrganization, complete, failed, lastPart, passed, required,
} from "./facts.js";

export const info = {
  id: "house-role-trust",
  title: "Keep roles from trusting strangers",
  description: `\
Looks at who may assume each IAM role by its trust policy. An account that is neither in the
organization nor a known partner is a way in that nobody here watches. Services and identity
providers are the subject of other rules.`,
  severity: "high",
  category: "security",
  scope: "resource",
  reads: ["AWS::IAM::Role", "AWS::Organizations::Account", "AWS::Organizations::Organization"],
  parameters: [
    {
      name: "partner-accounts",
      description: "The ids of accounts outside the organization that roles may trust.",
      default: JSON.stringify([]),
      schema: JSON.stringify({
        type: "array",
        items: { type: "string", pattern: "^[0-9]{12}$" },
      }),
    },
  ],
  controls: [],
  remediation:
    "Take the stranger out of the role's trust policy, or name its account in `partner-accounts`.",
  references: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
  ],
};

export function judge(parameters, role) {
  const path = "config.AssumeRolePolicyDocument";
  const document = required(role, path, ANYTHING);
  const known = new Set([role.account, ...parameters["partner-accounts"]]);
  const strangers = new Set();
  const statements = new Set();
  // One stranger decides, whether or not another principal can be placed.
  let unclear = null;
  for (const grant of grants(document, role.account, path)) {
    try {
      const name = stranger(grant.audience, known);
      if (name !== null) {
        strangers.add(name);
        statements.add(grant.statement);
      }
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      unclear ??= error;
    }
  }
  if (strangers.size > 0) {
    const outcome = failed(`the role trusts ${[...strangers].sort().join(" and ")}`);
    for (const statement of [...statements].sort((one, other) => one - other)) {
      outcome.statement("/config/AssumeRolePolicyDocument", document, statement);
    }
    return outcome;
  }
  if (unclear) throw unclear;
  return passed("the role trusts nobody outside the organization");
}

function grants(document, account, path) {
  try {
    return policy.who(JSON.stringify(document), account);
  } catch {
    throw Unknown.at(path, "it is no policy");
  }
}

/** Who an audience is in words, if they are outside the organization. */
function stranger({ tag, val }, known) {
  switch (tag) {
    case "anyone":
      return "anyone";
    case "organization":
      return isOurs(val) ? null : `organization ${val}`;
    case "organization-path":
      return isOurs(val.split("/")[0]) ? null : `organization path ${val}`;
    case "account":
      return isKnown(val, known) ? null : `account ${val}`;
    case "principal":
      return isKnown(accountOf(val), known) ? null : val;
    case "principal-pattern":
      return isKnown(accountOf(val), known) ? null : `principals like ${val}`;
    default:
      return null;
  }
}

/** Whether an account is the role's own, a partner or a member of the organization. */
function isKnown(account, known) {
  if (known.has(account) || ids("AWS::Organizations::Account").has(account)) return true;
  // Not among those that were seen; if some could not be seen, that says nothing.
  complete("AWS::Organizations::Account");
  return false;
}

/** Whether an id is that of this organization. */
function isOurs(id) {
  complete("AWS::Organizations::Organization");
  return ids("AWS::Organizations::Organization").has(id);
}

// An instance judges one account and is gone, so what was read once holds to its end.
const read = new Map();

function ids(resourceType) {
  if (!read.has(resourceType)) {
    const found = new Set();
    for (const { arn } of acrossOrganization(resourceType)) found.add(lastPart(arn));
    read.set(resourceType, found);
  }
  return read.get(resourceType);
}

/** The account in an ARN, as written. */
const accountOf = (arn) => arn.split(":")[4] ?? "";
