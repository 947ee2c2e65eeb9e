import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { servicePort } from "../contract/container.ts";
import { hasGuardDutyAgent } from "./account-services/agent.ts";
import { requireItem } from "./list.ts";
import { after } from "./ordering.ts";
import { ports } from "./ports.ts";
import { nameOf, type Scope } from "./scope.ts";
import { hasReconciliation } from "./settings/acquirer.ts";
import type { Settings } from "./settings/schema.ts";
import { isWorker } from "./settings/service-path.ts";

/** Descriptions of the stack's security groups: AWS cannot change one, so a new description replaces the group. */
const securityGroupDescriptions = {
    alb: "Public load balancer",
    gateway: "Link from the API of merchants",
    tasks: "Tasks of all services",
    workers: "Tasks of services without a path",
    migration: "Task that migrates the database",
    validator: "Payment validator",
    "database-clients": "Tasks that use the database",
    "cache-clients": "Tasks that use the cache",
    database: "Aurora cluster",
    cache: "Redis nodes",
    endpoints: "Interface endpoints of AWS services",
} as const;
/** Key of one security group of the stack, and the noun of its name. */
export type SecurityGroupName = keyof typeof securityGroupDescriptions;

/** Security groups of the task that migrates the database. */
export const migrationGroups = ["migration", "database-clients"] as const satisfies readonly SecurityGroupName[];

/** Security groups of the task that compares payments with the acquirer's report: nothing connects to it, as to a worker. */
export const reconciliationGroups = ["workers", "database-clients"] as const satisfies readonly SecurityGroupName[];

/** A value for each security group. Only a stack with workers has theirs. */
type BySecurityGroup<T> = Readonly<Record<Exclude<SecurityGroupName, "workers">, T>> & { readonly workers?: T };

const mapSecurityGroups = <T>(settings: FlowSettings, of: (group: SecurityGroupName) => T): BySecurityGroup<T> => {
    const names = Object.keys(securityGroupDescriptions).filter(isSecurityGroup);
    const present = names.filter((group) => group !== "workers" || hasWorkers(settings));
    return Object.fromEntries(present.map((group) => [group, of(group)])) as BySecurityGroup<T>;
};

/** AWS services with gateway endpoints. Security group rules name them by prefix list. */
export type GatewayService = "s3" | "dynamodb";

/** Source or destination of a flow: a security group, the internet or an AWS service. */
type FlowEnd = SecurityGroupName | "internet" | GatewayService;
const isSecurityGroup = (end: string): end is SecurityGroupName => end in securityGroupDescriptions;

interface Flow {
    readonly from: FlowEnd;
    readonly to: FlowEnd;
    readonly port: number;
    /** Description of the security group rules. */
    readonly why: string;
    /**
     * Stacks that need the flow.
     * @default all
     */
    readonly when?: (settings: FlowSettings) => boolean;
}
export type FlowSettings = Pick<Settings, "network" | "edge" | "accountServices" | "services">;

/** Whether a task has the security group of workers. */
const hasWorkers = ({ services }: FlowSettings): boolean =>
    Object.values(services).some((service) => isWorker(service) || hasReconciliation(service));

/** What every task calls in AWS. */
const callsToAws = (
    from: "tasks" | "workers" | "migration",
    when: (settings: FlowSettings) => boolean = () => true,
): Readonly<Record<string, Flow>> => ({
    [`${from}-endpoints`]: {
        from,
        to: "endpoints",
        port: ports.https,
        why: "Tasks call AWS",
        // GuardDuty's agent needs its endpoint even in a stack without others.
        when: (settings) => when(settings) && (hasEndpoints(settings) || hasGuardDutyAgent(settings)),
    },
    [`${from}-s3`]: { from, to: "s3", port: ports.https, why: "Tasks pull the layers of their images", when },
});

const callsToAcquirer = { to: "internet", port: ports.https, why: "Tasks call an outside acquirer" } as const;

const hasEndpoints = ({ network }: FlowSettings): boolean => network.endpointZones > 0;
const hasNat = ({ network }: FlowSettings): boolean => network.egress === "nat";

/**
 * Every allowed connection; all others are denied. Each end that is a security group gets a rule: egress at the source,
 * ingress at the destination. The rule names the internet by CIDR blocks, S3 and DynamoDB by a prefix list. Tasks cannot
 * connect to each other, and the database and the cache cannot open connections.
 */
export const flows: Readonly<Record<string, Flow>> = {
    "internet-alb": { from: "internet", to: "alb", port: ports.https, why: "Customers call over HTTPS" },
    "internet-alb-http": {
        from: "internet",
        to: "alb",
        port: ports.http,
        why: "Plain HTTP is redirected to HTTPS",
        when: ({ edge }) => edge.httpRedirect,
    },
    "gateway-alb": { from: "gateway", to: "alb", port: ports.https, why: "API of merchants calls the services" },
    "alb-tasks": {
        from: "alb",
        to: "tasks",
        port: servicePort,
        why: "Load balancer forwards requests and checks health",
    },
    "tasks-database": {
        from: "database-clients",
        to: "database",
        port: ports.database,
        why: "Services read and write payments",
    },
    "tasks-cache": {
        from: "cache-clients",
        to: "cache",
        port: ports.cache,
        why: "Services keep sessions and copies of payments",
    },
    ...callsToAws("tasks"),
    "tasks-internet": { ...callsToAcquirer, from: "tasks", when: hasNat },
    ...callsToAws("workers", hasWorkers),
    "workers-internet": {
        ...callsToAcquirer,
        from: "workers",
        when: (settings) => hasWorkers(settings) && hasNat(settings),
    },
    ...callsToAws("migration"),
    "migration-internet": {
        from: "migration",
        to: "internet",
        port: ports.https,
        why: "Migration calls AWS",
        when: (settings) => !hasEndpoints(settings) && hasNat(settings),
    },
    // No interface endpoint: Lambda sends the function's logs, traces and dead letters outside the VPC.
    "validator-dynamodb": {
        from: "validator",
        to: "dynamodb",
        port: ports.https,
        why: "Validator records transactions",
    },
    "validator-s3": { from: "validator", to: "s3", port: ports.https, why: "Validator files audit records" },
};

/** Ports that the database subnets accept connections on, in the order of the flows. */
export const databaseSubnetPorts: readonly number[] = Object.values(flows)
    .filter(({ to }) => to === "database" || to === "cache")
    .map(({ port }) => port);

/** The flows of a stack. */
export const flowsOf = (settings: FlowSettings): [string, Flow][] =>
    Object.entries(flows).filter(([, flow]) => flow.when?.(settings) ?? true);

export interface SecurityGroupsArgs {
    readonly scope: Scope;
    readonly settings: FlowSettings;
    readonly vpcId: pulumi.Input<string>;
    /** Prefix lists of the services' gateway endpoints. */
    readonly prefixListIds: Readonly<Record<GatewayService, pulumi.Input<string>>>;
}

/** The security groups of a stack, and the rules of each flow at its ends that are security groups. */
export class SecurityGroups extends pulumi.ComponentResource {
    /** Each resolves once the rules exist: without them a task could not pull its image. */
    public readonly ids: BySecurityGroup<pulumi.Output<string>>;

    constructor(name: string, args: SecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:SecurityGroups", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };

        const group = (key: SecurityGroupName) => {
            const groupName = nameOf(scope, key);
            return new aws.ec2.SecurityGroup(
                groupName,
                { vpcId: args.vpcId, description: securityGroupDescriptions[key], tags: { Name: groupName } },
                inside,
            ).id;
        };
        const ids: Readonly<Record<string, pulumi.Output<string>>> = mapSecurityGroups(settings, group);

        const peerOf = (end: FlowEnd, internetCidr = "0.0.0.0/0") => {
            switch (end) {
                case "internet":
                    return { cidrIpv4: internetCidr };
                case "s3":
                case "dynamodb":
                    return { prefixListId: args.prefixListIds[end] };
                default:
                    return { referencedSecurityGroupId: requireItem(ids, end) };
            }
        };
        const rules: pulumi.CustomResource[] = [];
        for (const [row, { from, to, port, why }] of flowsOf(settings)) {
            const rule = { ipProtocol: "tcp", fromPort: port, toPort: port, description: why };
            if (isSecurityGroup(from)) {
                const ruleArgs = { ...rule, ...peerOf(to), securityGroupId: requireItem(ids, from) };
                rules.push(new aws.vpc.SecurityGroupEgressRule(nameOf(scope, `${row}-egress`), ruleArgs, inside));
            }
            if (isSecurityGroup(to)) {
                for (const { noun, cidr, formerNoun } of ingressRulesOf(row, from, settings)) {
                    const ruleArgs = { ...rule, ...peerOf(from, cidr), securityGroupId: requireItem(ids, to) };
                    const aliases = formerNoun === undefined ? [] : [{ name: nameOf(scope, formerNoun) }];
                    rules.push(
                        new aws.vpc.SecurityGroupIngressRule(nameOf(scope, noun), ruleArgs, { ...inside, aliases }),
                    );
                }
            }
        }

        this.ids = mapSecurityGroups(settings, (key) => after(requireItem(ids, key), rules));
        this.registerOutputs({ ids: this.ids });
    }
}

/**
 * The ingress rules of a flow. Those from the internet have the CIDR block in their names: EC2 refuses two rules with the same
 * block, so an update may not give the block of one rule to another. Up to release 0.3.0 the names held the position in
 * `edge.allowedCidrs`.
 */
const ingressRulesOf = (
    row: string,
    from: FlowEnd,
    { edge }: FlowSettings,
): { noun: string; cidr?: string; formerNoun?: string }[] =>
    from === "internet"
        ? edge.allowedCidrs.map((cidr, i) => ({
              noun: `${row}-ingress-${cidr.replace(/[./]/g, "-")}`,
              cidr,
              formerNoun: i === 0 ? `${row}-ingress` : `${row}-ingress-${i + 1}`,
          }))
        : [{ noun: `${row}-ingress` }];
