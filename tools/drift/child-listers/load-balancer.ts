import type { DesiredStatus } from "@aws-sdk/client-ecs";
import {
    DescribeTargetHealthCommand,
    paginateDescribeListenerCertificates,
    paginateDescribeListeners,
    paginateDescribeRules,
    type Action,
    type RuleCondition,
    type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import { listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { defineLister, toDriftResource, type ChildListers, type ParentResource } from "../listing.ts";
import { textOrUnknown } from "../text.ts";
import { listTasks, listTasksPermissions } from "./tasks.ts";

const describePermissions = (names: string) => [listGrant(`elasticloadbalancing: ${names}`)];

const actionTarget = ({ Type, TargetGroupArn, RedirectConfig }: Action): string =>
    TargetGroupArn ?? (RedirectConfig === undefined ? String(Type) : `https://${RedirectConfig.Host ?? "#{host}"}`);
const actionTargets = (actions: readonly Action[] = []): string => actions.map(actionTarget).join(", ") || "nothing";
const conditionText = ({ Field, Values = [], PathPatternConfig, HostHeaderConfig }: RuleCondition): string =>
    `${Field} ${[...Values, ...(PathPatternConfig?.Values ?? []), ...(HostHeaderConfig?.Values ?? [])].join(" or ")}`;

const listenerLister = defineLister({
    item: "listener",
    permissions: describePermissions("DescribeListeners"),
    list: ({ elb: client }, { arn }) =>
        collectPages(paginateDescribeListeners({ client }, { LoadBalancerArn: arn }), (page) => page.Listeners),
    key: ({ ListenerArn }) => ListenerArn,
    planned: { "lb/listener:Listener": ({ id }) => id },
    opens: ({ Protocol, Port, DefaultActions }, { name }) =>
        `who reaches ${name} by ${Protocol} on port ${textOrUnknown(Port)} is led to ${actionTargets(DefaultActions)}`,
    remove: ({ ListenerArn }) => `aws elbv2 delete-listener --listener-arn ${ListenerArn}`,
});

const listenerRuleLister = defineLister({
    item: "rule",
    permissions: describePermissions("DescribeRules"),
    list: ({ elb: client }, { arn }) =>
        collectPages(paginateDescribeRules({ client }, { ListenerArn: arn }), (page) => page.Rules),
    key: ({ RuleArn }) => RuleArn,
    planned: { "lb/listenerRule:ListenerRule": ({ id }) => id },
    byAws: [
        {
            what: "the default rule, which is the listener's `defaultActions`",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html",
            matches: ({ IsDefault }) => IsDefault === true,
        },
    ],
    opens: ({ Conditions = [], Actions, Priority }) =>
        `requests with ${Conditions.map(conditionText).join(" and ")} are led to ${actionTargets(Actions)}, at priority ${Priority}`,
    remove: ({ RuleArn }) => `aws elbv2 delete-rule --rule-arn ${RuleArn}`,
});

const certificateLister = defineLister({
    item: "certificate",
    permissions: describePermissions("DescribeListenerCertificates"),
    list: ({ elb: client }, { arn }) =>
        collectPages(
            paginateDescribeListenerCertificates({ client }, { ListenerArn: arn }),
            (page) => page.Certificates,
        ),
    key: ({ CertificateArn }) => CertificateArn,
    planned: { "lb/listener:Listener": ({ text }) => text("certificateArn") },
    opens: ({ CertificateArn }) => `the listener also answers for the names of ${CertificateArn}`,
    remove: ({ CertificateArn }, { arn }) =>
        `aws elbv2 remove-listener-certificates --listener-arn ${arn} --certificates CertificateArn=${CertificateArn}`,
});

interface RegisteredTarget extends TargetHealthDescription {
    /** A task of the service that the group belongs to. */
    readonly isTask: boolean;
}

/** ECS still tells of tasks that have just stopped, which a target group may still know. */
const taskStatuses: readonly DesiredStatus[] = ["RUNNING", "STOPPED"];

/** Addresses of the tasks that ECS registers in a target group. */
async function findTaskAddresses({ ecs }: AwsClients, { arn, state }: ParentResource): Promise<Set<string>> {
    const services = stateResourcesOfType(state, "ecs/service:Service").filter(({ inputs }) =>
        JSON.stringify(inputs).includes(arn),
    );
    const tasks = await Promise.all(
        services
            .map(toDriftResource)
            .flatMap(({ text }) =>
                taskStatuses.map((desiredStatus) =>
                    listTasks(ecs, { cluster: text("cluster"), serviceName: text("name"), desiredStatus }),
                ),
            ),
    );
    const details = tasks
        .flat()
        .flatMap(({ attachments = [] }) => attachments)
        .flatMap(({ details: list = [] }) => list);
    return new Set(details.flatMap(({ name, value }) => (name === "privateIPv4Address" && value ? [value] : [])));
}

const targetLister = defineLister<RegisteredTarget>({
    item: "target",
    permissions: [...describePermissions("DescribeTargetHealth"), ...listTasksPermissions],
    list: async (aws, parent) => {
        const { TargetHealthDescriptions = [] } = await aws.elb.send(
            new DescribeTargetHealthCommand({ TargetGroupArn: parent.arn }),
        );
        const addresses = TargetHealthDescriptions.length === 0 ? new Set() : await findTaskAddresses(aws, parent);
        return TargetHealthDescriptions.map((each) => ({ ...each, isTask: addresses.has(each.Target?.Id ?? "") }));
    },
    key: ({ Target }, { arn }) => `${arn} ${Target?.Id ?? ""}`,
    planned: {
        "lb/targetGroupAttachment:TargetGroupAttachment": ({ text }) => `${text("targetGroupArn")} ${text("targetId")}`,
    },
    byAws: [
        {
            what: "a task that ECS registered",
            source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
            matches: ({ isTask }) => isTask,
        },
        {
            what: "a target that is leaving the group and gets no new requests",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html",
            matches: ({ TargetHealth }) => TargetHealth?.State === "draining",
        },
    ],
    opens: ({ Target }, { name }) => `${textOrUnknown(Target?.Id)} gets requests that are meant for ${name}`,
    remove: ({ Target }, { arn }) =>
        `aws elbv2 deregister-targets --target-group-arn ${arn} --targets Id=${Target?.Id ?? ""}`,
});

export const loadBalancerListersByType: Readonly<Record<string, ChildListers>> = {
    "lb/loadBalancer:LoadBalancer": [listenerLister],
    "lb/listener:Listener": [listenerRuleLister, certificateLister],
    "lb/targetGroup:TargetGroup": [targetLister],
};
