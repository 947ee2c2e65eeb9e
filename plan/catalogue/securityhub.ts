import { createServiceLinkedRole, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { comparedByRefresh, sameAgain, type ServiceRows } from "./row.ts";

export const securityHubArns = regionalArns("securityhub", "hub/default");

export const securityhub: ServiceRows = {
    "aws:securityhub/account:Account": {
        forceNew: forceNew("securityhub/account", ["enableDefaultStandards"]),
        protector: { risk: "nothing checks the account" },
        exclusive: [refused("securityhub", "EnableSecurityHub", "", "ResourceConflictException")],
        recovery: {
            createAgain:
                "it has no tag that says who switched Security Hub on: switch it off, or set `accountServices.securityHub` to `adopt`",
        },
        children: "listed",
        grants: [
            writeGrant(
                "securityhub: DisableSecurityHub EnableSecurityHub UpdateSecurityHubConfiguration",
                securityHubArns,
            ),
            readGrant("securityhub: DescribeHub", securityHubArns),
            createServiceLinkedRole("securityhub.amazonaws.com"),
        ],
    },
    "aws:securityhub/standardsSubscription:StandardsSubscription": {
        forceNew: forceNew("securityhub/standards_subscription", ["standardsArn"]),
        protector: {
            risk: "nothing checks the account against the standard",
            protects: "aws:securityhub/account:Account",
        },
        exclusive: [merged("securityhub", "BatchEnableStandards", "standardsArn")],
        recovery: { createAgain: sameAgain },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("securityhub: BatchDisableStandards BatchEnableStandards", securityHubArns),
            readGrant("securityhub: GetEnabledStandards", securityHubArns),
        ],
    },
};
