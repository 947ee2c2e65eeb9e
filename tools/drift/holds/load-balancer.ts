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
import { allOf, type Clients } from "../../deploy/clients.ts";
import { stateOf } from "../../../plan/state.ts";
import { everything, lists, read } from "../../../analysis/deployer/grant.ts";
import { listing, resourceOf, type Holds, type Parent } from "../listing.ts";
import { orUnknown } from "../words.ts";
import { tasksIn, tasksRights } from "./tasks.ts";

const describe = (names: string) => [read(`elasticloadbalancing: ${names}`, everything(lists))];

const goalOf = ({ Type, TargetGroupArn, RedirectConfig }: Action): string =>
    TargetGroupArn ?? (RedirectConfig === undefined ? String(Type) : `https://${RedirectConfig.Host ?? "#{host}"}`);
const goals = (actions: readonly Action[] = []): string => actions.map(goalOf).join(", ") || "nothing";
const askedBy = ({ Field, Values = [], PathPatternConfig, HostHeaderConfig }: RuleCondition): string =>
    `${Field} ${[...Values, ...(PathPatternConfig?.Values ?? []), ...(HostHeaderConfig?.Values ?? [])].join(" or ")}`;

const listeners = listing({
    item: "listener",
    rights: describe("DescribeListeners"),
    list: ({ elb: client }, { arn }) =>
        allOf(paginateDescribeListeners({ client }, { LoadBalancerArn: arn }), (page) => page.Listeners),
    key: ({ ListenerArn }) => ListenerArn,
    planned: { "lb/listener:Listener": ({ id }) => id },
    opens: ({ Protocol, Port, DefaultActions }, { name }) =>
        `who reaches ${name} by ${Protocol} on port ${orUnknown(Port)} is led to ${goals(DefaultActions)}`,
    remove: ({ ListenerArn }) => `aws elbv2 delete-listener --listener-arn ${ListenerArn}`,
});

const listenerRules = listing({
    item: "rule",
    rights: describe("DescribeRules"),
    list: ({ elb: client }, { arn }) =>
        allOf(paginateDescribeRules({ client }, { ListenerArn: arn }), (page) => page.Rules),
    key: ({ RuleArn }) => RuleArn,
    planned: { "lb/listenerRule:ListenerRule": ({ id }) => id },
    byAws: [
        {
            what: "the default rule, which is the listener's `defaultActions`",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html",
            is: ({ IsDefault }) => IsDefault === true,
        },
    ],
    opens: ({ Conditions = [], Actions, Priority }) =>
        `requests with ${Conditions.map(askedBy).join(" and ")} are led to ${goals(Actions)}, at priority ${Priority}`,
    remove: ({ RuleArn }) => `aws elbv2 delete-rule --rule-arn ${RuleArn}`,
});

const certificates = listing({
    item: "certificate",
    rights: describe("DescribeListenerCertificates"),
    list: ({ elb: client }, { arn }) =>
        allOf(paginateDescribeListenerCertificates({ client }, { ListenerArn: arn }), (page) => page.Certificates),
    key: ({ CertificateArn }) => CertificateArn,
    planned: { "lb/listener:Listener": ({ text }) => text("certificateArn") },
    opens: ({ CertificateArn }) => `the listener also answers for the names of ${CertificateArn}`,
    remove: ({ CertificateArn }, { arn }) =>
        `aws elbv2 remove-listener-certificates --listener-arn ${arn} --certificates CertificateArn=${CertificateArn}`,
});

interface Target extends TargetHealthDescription {
    /** A task of the service that the group belongs to. */
    readonly isTask: boolean;
}

/** ECS still tells of tasks that have just stopped, which a target group may still know. */
const statuses: readonly DesiredStatus[] = ["RUNNING", "STOPPED"];

/** Addresses of the tasks that ECS registers in a target group. */
async function addressesOfTasks({ ecs }: Clients, { arn, state }: Parent): Promise<Set<string>> {
    const services = stateOf(state, "ecs/service:Service").filter(({ inputs }) => JSON.stringify(inputs).includes(arn));
    const tasks = await Promise.all(
        services
            .map(resourceOf)
            .flatMap(({ text }) =>
                statuses.map((desiredStatus) =>
                    tasksIn(ecs, { cluster: text("cluster"), serviceName: text("name"), desiredStatus }),
                ),
            ),
    );
    const details = tasks
        .flat()
        .flatMap(({ attachments = [] }) => attachments)
        .flatMap(({ details: list = [] }) => list);
    return new Set(details.flatMap(({ name, value }) => (name === "privateIPv4Address" && value ? [value] : [])));
}

const targets = listing<Target>({
    item: "target",
    rights: [...describe("DescribeTargetHealth"), ...tasksRights],
    list: async (aws, parent) => {
        const { TargetHealthDescriptions = [] } = await aws.elb.send(
            new DescribeTargetHealthCommand({ TargetGroupArn: parent.arn }),
        );
        const addresses = TargetHealthDescriptions.length === 0 ? new Set() : await addressesOfTasks(aws, parent);
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
            is: ({ isTask }) => isTask,
        },
        {
            what: "a target that is leaving the group and gets no new requests",
            source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html",
            is: ({ TargetHealth }) => TargetHealth?.State === "draining",
        },
    ],
    opens: ({ Target }, { name }) => `${orUnknown(Target?.Id)} gets requests that are meant for ${name}`,
    remove: ({ Target }, { arn }) =>
        `aws elbv2 deregister-targets --target-group-arn ${arn} --targets Id=${Target?.Id ?? ""}`,
});

export const loadBalancer: Readonly<Record<string, Holds>> = {
    "lb/loadBalancer:LoadBalancer": [listeners],
    "lb/listener:Listener": [listenerRules, certificates],
    "lb/listenerRule:ListenerRule": "its conditions and actions are arguments of its own",
    "lb/targetGroup:TargetGroup": [targets],
    "lb/targetGroupAttachment:TargetGroupAttachment": "it says that a target is in a group, and nothing else",
};
