import { resourceInState, type DriftCase } from "./case.ts";

const detector = { under: "guardduty/detector:Detector", parent: { id: "d" } };

export const accountServiceCases: readonly DriftCase[] = [
    {
        ...detector,
        item: "filter",
        state: [resourceInState("guardduty/filter:Filter", { inputs: { detectorId: "d", name: "planned" } })],
        answers: { ListFilters: { FilterNames: ["planned", "by-hand"] } },
        opens: "findings that fit by-hand may be archived before anybody sees them",
        remove: "aws guardduty delete-filter --detector-id d --filter-name by-hand",
    },
    {
        ...detector,
        item: "list of trusted addresses",
        state: [resourceInState("guardduty/iPSet:IPSet", { id: "d:planned" })],
        answers: { ListIPSets: { IpSetIds: ["planned", "by-hand"] } },
        opens: "GuardDuty says nothing of what the addresses in by-hand do",
        remove: "aws guardduty delete-ip-set --detector-id d --ip-set-id by-hand",
    },
    {
        ...detector,
        item: "member account",
        state: [resourceInState("guardduty/member:Member", { id: "d:111122223333" })],
        answers: { ListMembers: { Members: [{ AccountId: "111122223333" }, { AccountId: "444455556666" }] } },
        opens: "nothing here: the findings of account 444455556666 are shown in this one",
        remove: "aws guardduty delete-members --detector-id d --account-ids 444455556666",
    },
    ...[true, false].map((Automatic): DriftCase => ({
        under: "cfg/rule:Rule",
        item: "remediation",
        parent: { inputs: { name: "encrypted" } },
        answers: {
            DescribeRemediationConfigurations: {
                RemediationConfigurations: [{ ConfigRuleName: "encrypted", TargetId: "AWS-Delete", Automatic }],
            },
        },
        knownCount: 0,
        opens: `AWS-Delete changes what breaks the rule${Automatic ? "" : ", when somebody starts it"}`,
        remove: "aws configservice delete-remediation-configuration --config-rule-name encrypted",
    })),
    {
        under: "securityhub/account:Account",
        item: "standard",
        state: [resourceInState("securityhub/standardsSubscription:StandardsSubscription", { id: "arn:planned" })],
        answers: {
            GetEnabledStandards: {
                StandardsSubscriptions: [
                    { StandardsSubscriptionArn: "arn:planned" },
                    { StandardsSubscriptionArn: "arn:by-hand", StandardsArn: "arn:standard" },
                ],
            },
        },
        opens: "nothing: Security Hub checks arn:standard, too, at a price",
        remove: "aws securityhub batch-disable-standards --standards-subscription-arns arn:by-hand",
    },
];
