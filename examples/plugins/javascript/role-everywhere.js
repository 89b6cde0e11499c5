// A check of the organization: what its accounts have, joined with the accounts themselves.

import {
  STRING, Unknown, acrossOrganization, complete, failed, lastPart, passed, required,
} from "./facts.js";

export const info = {
  id: "house-role-everywhere",
  title: "Have the incident response role in every account",
  description: `\
Looks for a role of this name in each active account of the organization. When an account is
broken into, there is no time to ask its owners for access.`,
  severity: "medium",
  category: "security",
  scope: "organization",
  reads: ["AWS::Organizations::Account", "AWS::IAM::Role"],
  parameters: [
    {
      name: "role-name",
      description: "The name of the role that every account must have.",
      default: JSON.stringify("incident-response"),
      schema: JSON.stringify({ type: "string", minLength: 1, maxLength: 64 }),
    },
  ],
  controls: [],
  remediation:
    "Deploy the role with a service-managed stack set, which also covers the accounts to come.",
  references: [
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-enable-trusted-access.html",
  ],
};

export function judge(parameters) {
  const name = parameters["role-name"];
  complete("AWS::Organizations::Account");
  const without = new Set();
  for (const account of acrossOrganization("AWS::Organizations::Account")) {
    if (required(account, "observed.Status", STRING) === "ACTIVE") {
      without.add(lastPart(account.arn));
    }
  }
  const accounts = without.size;
  let nameless = null;
  for (const role of acrossOrganization("AWS::IAM::Role")) {
    try {
      if (required(role, "config.RoleName", STRING) === name) without.delete(role.account);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      nameless = error;
    }
  }
  if (without.size === 0) return passed(`the role ${name} is in all of ${accounts} accounts`);
  // Where it was not seen it may still be, if not all was seen.
  complete("AWS::IAM::Role");
  if (nameless) throw nameless;
  return failed(
    `the role ${name} is missing in ${without.size} of ${accounts} accounts: ` +
      [...without].sort().join(", "),
  );
}
