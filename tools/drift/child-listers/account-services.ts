import { DescribeRemediationConfigurationsCommand } from "@aws-sdk/client-config-service";
import { paginateListFilters, paginateListIPSets, paginateListMembers } from "@aws-sdk/client-guardduty";
import { paginateGetEnabledStandards } from "@aws-sdk/client-securityhub";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { configRuleArns } from "../../../plan/catalogue/config.ts";
import { detectors } from "../../../plan/catalogue/guardduty.ts";
import { securityHubArns } from "../../../plan/catalogue/securityhub.ts";
import { defineLister, type ChildListers } from "../listing.ts";

const detectorListers = [
    defineLister<string>({
        item: "filter",
        permissions: [readGrant("guardduty: ListFilters", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            collectPages(paginateListFilters({ client }, { DetectorId: id }), (page) => page.FilterNames),
        key: (name, { id }) => `${id} ${name}`,
        planned: { "guardduty/filter:Filter": ({ text }) => `${text("detectorId")} ${text("name")}` },
        opens: (name) => `findings that fit ${name} may be archived before anybody sees them`,
        remove: (name, { id }) => `aws guardduty delete-filter --detector-id ${id} --filter-name ${name}`,
    }),
    defineLister<string>({
        item: "list of trusted addresses",
        permissions: [readGrant("guardduty: ListIPSets", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            collectPages(paginateListIPSets({ client }, { DetectorId: id }), (page) => page.IpSetIds),
        key: (set, { id }) => `${id}:${set}`,
        planned: { "guardduty/iPSet:IPSet": ({ id }) => id },
        opens: (set) => `GuardDuty says nothing of what the addresses in ${set} do`,
        remove: (set, { id }) => `aws guardduty delete-ip-set --detector-id ${id} --ip-set-id ${set}`,
    }),
    defineLister({
        item: "member account",
        permissions: [readGrant("guardduty: ListMembers", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            collectPages(paginateListMembers({ client }, { DetectorId: id }), (page) => page.Members),
        key: ({ AccountId }, { id }) => `${id}:${AccountId}`,
        planned: { "guardduty/member:Member": ({ id }) => id },
        opens: ({ AccountId }) => `nothing here: the findings of account ${AccountId} are shown in this one`,
        remove: ({ AccountId }, { id }) =>
            `aws guardduty delete-members --detector-id ${id} --account-ids ${AccountId}`,
    }),
];

const remediationLister = defineLister({
    item: "remediation",
    permissions: [readGrant("config: DescribeRemediationConfigurations", configRuleArns)],
    list: async ({ config }, { text }) => {
        const command = new DescribeRemediationConfigurationsCommand({ ConfigRuleNames: [text("name")] });
        return (await config.send(command)).RemediationConfigurations ?? [];
    },
    key: ({ ConfigRuleName }) => ConfigRuleName,
    planned: { "cfg/remediationConfiguration:RemediationConfiguration": ({ text }) => text("configRuleName") },
    opens: ({ TargetId, Automatic }) =>
        `${TargetId} changes what breaks the rule${Automatic ? "" : ", when somebody starts it"}`,
    remove: ({ ConfigRuleName }) =>
        `aws configservice delete-remediation-configuration --config-rule-name ${ConfigRuleName}`,
});

const standardLister = defineLister({
    item: "standard",
    permissions: [readGrant("securityhub: GetEnabledStandards", securityHubArns)],
    list: ({ securityHub: client }) =>
        collectPages(paginateGetEnabledStandards({ client }, {}), (page) => page.StandardsSubscriptions),
    key: ({ StandardsSubscriptionArn }) => StandardsSubscriptionArn,
    planned: { "securityhub/standardsSubscription:StandardsSubscription": ({ id }) => id },
    opens: ({ StandardsArn }) => `nothing: Security Hub checks ${StandardsArn}, too, at a price`,
    remove: ({ StandardsSubscriptionArn }) =>
        `aws securityhub batch-disable-standards --standards-subscription-arns ${StandardsSubscriptionArn}`,
});

export const accountServiceListersByType: Readonly<Record<string, ChildListers>> = {
    "guardduty/detector:Detector": detectorListers,
    "cfg/rule:Rule": [remediationLister],
    "securityhub/account:Account": [standardLister],
};
