import { expect, test } from "@jest/globals";
import { includesEveryone, matchPrincipal } from "../../../../analysis/iam/principals.ts";
import type { ParsedStatement } from "../../../../analysis/iam/statements.ts";

const role = "arn:aws:iam::123456789012:role/api";
const allow = (principals: Pick<ParsedStatement, "Principal" | "NotPrincipal">): ParsedStatement => ({
    Effect: "Allow",
    ...principals,
});

test.each<[principal: ParsedStatement["Principal"], everyone: boolean]>([
    ["*", true],
    [{ AWS: "*" }, true],
    [{ AWS: [role, "*"] }, true],
    [{ AWS: role }, false],
    [{ Service: "sns.amazonaws.com" }, false],
    [undefined, false],
])("the principal %j includes everyone: %s", (Principal, everyone) => {
    expect(includesEveryone(allow({ Principal }))).toBe(everyone);
});

test.each<
    [principals: Pick<ParsedStatement, "Principal" | "NotPrincipal">, principal: string, match: string | undefined]
>([
    [{ Principal: { AWS: role } }, role, "named"],
    [{ Principal: { AWS: "arn:aws:iam::123456789012:root" } }, role, "account"],
    [{ Principal: { AWS: "123456789012" } }, role, "account"],
    [{ Principal: { AWS: "arn:aws:iam::210987654321:root" } }, role, undefined],
    [{ Principal: { AWS: "123456789012" } }, "sns.amazonaws.com", undefined],
    [{ Principal: { Service: ["sqs.amazonaws.com", "sns.amazonaws.com"] } }, "sns.amazonaws.com", "named"],
    [{ Principal: { Service: role } }, role, undefined],
    [{ Principal: "*" }, "sns.amazonaws.com", "named"],
    [{ NotPrincipal: { AWS: role } }, role, undefined],
    [{ NotPrincipal: { AWS: role } }, `${role}-other`, "named"],
])("%j matches %s as %s", (principals, principal, match) => {
    expect(matchPrincipal(allow(principals), principal)).toBe(match);
});
