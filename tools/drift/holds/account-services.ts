import { DescribeRemediationConfigurationsCommand } from "@aws-sdk/client-config-service";
import { paginateListFilters, paginateListIPSets, paginateListMembers } from "@aws-sdk/client-guardduty";
import { paginateGetEnabledStandards } from "@aws-sdk/client-securityhub";
import { allOf } from "../../deploy/clients.ts";
import { read } from "../../../analysis/deployer/grant.ts";
import { configRules, detectors, hub } from "../../../analysis/deployer/grants/account-services.ts";
import { listing, type Holds } from "../listing.ts";

const ofDetector = [
    listing<string>({
        item: "filter",
        rights: [read("guardduty: ListFilters", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            allOf(paginateListFilters({ client }, { DetectorId: id }), (page) => page.FilterNames),
        key: (name, { id }) => `${id} ${name}`,
        planned: { "guardduty/filter:Filter": ({ text }) => `${text("detectorId")} ${text("name")}` },
        opens: (name) => `findings that fit ${name} may be archived before anybody sees them`,
        remove: (name, { id }) => `aws guardduty delete-filter --detector-id ${id} --filter-name ${name}`,
    }),
    listing<string>({
        item: "list of trusted addresses",
        rights: [read("guardduty: ListIPSets", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            allOf(paginateListIPSets({ client }, { DetectorId: id }), (page) => page.IpSetIds),
        key: (set, { id }) => `${id}:${set}`,
        planned: { "guardduty/iPSet:IPSet": ({ id }) => id },
        opens: (set) => `GuardDuty says nothing of what the addresses in ${set} do`,
        remove: (set, { id }) => `aws guardduty delete-ip-set --detector-id ${id} --ip-set-id ${set}`,
    }),
    listing({
        item: "member account",
        rights: [read("guardduty: ListMembers", detectors)],
        list: ({ guardDuty: client }, { id }) =>
            allOf(paginateListMembers({ client }, { DetectorId: id }), (page) => page.Members),
        key: ({ AccountId }, { id }) => `${id}:${AccountId}`,
        planned: { "guardduty/member:Member": ({ id }) => id },
        opens: ({ AccountId }) => `nothing here: the findings of account ${AccountId} are shown in this one`,
        remove: ({ AccountId }, { id }) =>
            `aws guardduty delete-members --detector-id ${id} --account-ids ${AccountId}`,
    }),
];

const remediations = listing({
    item: "remediation",
    rights: [read("config: DescribeRemediationConfigurations", configRules)],
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

const standards = listing({
    item: "standard",
    rights: [read("securityhub: GetEnabledStandards", hub)],
    list: ({ securityHub: client }) =>
        allOf(paginateGetEnabledStandards({ client }, {}), (page) => page.StandardsSubscriptions),
    key: ({ StandardsSubscriptionArn }) => StandardsSubscriptionArn,
    planned: { "securityhub/standardsSubscription:StandardsSubscription": ({ id }) => id },
    opens: ({ StandardsArn }) => `nothing: Security Hub checks ${StandardsArn}, too, at a price`,
    remove: ({ StandardsSubscriptionArn }) =>
        `aws securityhub batch-disable-standards --standards-subscription-arns ${StandardsSubscriptionArn}`,
});

const whole = "nothing stands under it; Pulumi's refresh compares all of it";

export const accountServices: Readonly<Record<string, Holds>> = {
    "guardduty/detector:Detector": ofDetector,
    "guardduty/detectorFeature:DetectorFeature": "it is a switch of its detector",
    "cfg/recorder:Recorder": whole,
    "cfg/recorderStatus:RecorderStatus": "it is the switch of its recorder",
    "cfg/deliveryChannel:DeliveryChannel": whole,
    "cfg/rule:Rule": [remediations],
    "securityhub/account:Account": [standards],
    "securityhub/standardsSubscription:StandardsSubscription": whole,
};
