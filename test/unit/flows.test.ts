import { expect, test } from "@jest/globals";
import { flows, flowsOf, SecurityGroups, type FlowSettings } from "../../lib/flows.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import type { Plan } from "../../plan/plan.ts";
import { findNode, nodesOf, componentPlanner } from "../recorder.ts";
import { toText } from "../../plan/query.ts";
import {
    accountSettings,
    acquirerSettings,
    edgeSettings,
    logicalNamesOf,
    testScope,
    servicesFromDefaults,
} from "./fixtures.ts";

const types = {
    group: "aws:ec2/securityGroup:SecurityGroup",
    ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
} as const;

interface Changes {
    guardDuty?: Settings["accountServices"]["guardDuty"];
    network?: Partial<Settings["network"]>;
    edge?: Partial<Settings["edge"]>;
    services?: Parameters<typeof servicesFromDefaults>[0];
}

const settingsOf = ({ network = {}, edge = {}, guardDuty, services = { api: {} } }: Changes = {}): FlowSettings => ({
    network: settingsSchema.shape.network.parse({
        cidr: "10.0.0.0/16",
        availabilityZones: 2,
        endpointZones: 1,
        ...network,
    }),
    edge: edgeSettings(edge),
    accountServices: accountSettings({ guardDuty }),
    services: servicesFromDefaults(services),
});

const planned = componentPlanner(
    (changes?: Changes) =>
        new SecurityGroups("payment-security-groups-test", {
            scope: testScope(),
            settings: settingsOf(changes),
            vpcId: "vpc-1",
            prefixListIds: { s3: "pl-s3", dynamodb: "pl-dynamodb" },
        }),
);

/** `alb → tasks 8080`, from the rules of one direction; what is no security group is printed unchanged. */
function pathsOf(plan: Plan, direction: "ingress" | "egress"): string[] {
    const groups = new Map(
        nodesOf(plan, types.group).map(({ id, name }) => [id, name.replace(/^payment-(.*)-test$/, "$1")]),
    );
    const end = (id: unknown) => groups.get(String(id)) ?? String(id);
    return nodesOf(plan, types[direction])
        .map(({ inputs }) => {
            const own = end(inputs.securityGroupId);
            const peer = end(inputs.referencedSecurityGroupId ?? inputs.prefixListId ?? inputs.cidrIpv4);
            const path = direction === "ingress" ? `${peer} → ${own}` : `${own} → ${peer}`;
            expect(inputs).toMatchObject({ ipProtocol: "tcp", toPort: inputs.fromPort });
            return `${path} ${toText(inputs.fromPort)}`;
        })
        .toSorted();
}

test("a connection has a rule at both ends, and no other rule exists", async () => {
    const plan = await planned();
    const inside = [
        "alb → tasks 8080",
        "cache-clients → cache 6379",
        "database-clients → database 5432",
        "gateway → alb 443",
        "migration → endpoints 443",
        "tasks → endpoints 443",
    ];
    expect(pathsOf(plan, "ingress")).toEqual(["0.0.0.0/0 → alb 443", ...inside]);
    expect(pathsOf(plan, "egress")).toEqual([
        ...inside.slice(0, -1),
        "migration → pl-s3 443",
        "tasks → endpoints 443",
        "tasks → pl-s3 443",
        "validator → pl-dynamodb 443",
        "validator → pl-s3 443",
    ]);
});

test("a worker calls what the others call, and nothing may connect to it", async () => {
    const services = { api: {}, refunds: { path: undefined, priority: undefined } };
    const plan = await planned({ services, network: { egress: "nat", natGateways: "single" } });
    const of = (direction: "ingress" | "egress") => pathsOf(plan, direction).filter((path) => path.includes("workers"));
    expect(of("egress")).toEqual(["workers → 0.0.0.0/0 443", "workers → endpoints 443", "workers → pl-s3 443"]);
    expect(of("ingress")).toEqual(["workers → endpoints 443"]);
});

test.each([
    [true, ["workers → 0.0.0.0/0 443", "workers → endpoints 443", "workers → pl-s3 443"]],
    [false, []],
])("the reconciliation of a service with a path, if it is %s, calls what a worker calls", async (enabled, open) => {
    const services = { api: { acquirer: acquirerSettings({ enabled }) } };
    const plan = await planned({ services, network: { egress: "nat", natGateways: "single" } });
    expect(pathsOf(plan, "egress").filter((path) => path.includes("workers"))).toEqual(open);
});

test("a stack without workers has no security group for them", async () => {
    expect(logicalNamesOf(await planned(), types.group)).not.toContain("payment-workers-test");
});

test("no store may open a connection, and nothing may connect to tasks of another service or to the validator", async () => {
    const plan = await planned({ network: { egress: "nat", natGateways: "single" }, edge: { httpRedirect: true } });
    const paths = [...pathsOf(plan, "ingress"), ...pathsOf(plan, "egress")];
    expect(paths.length).toBeGreaterThan(10);
    expect(
        paths.filter((path) => /^(database|cache|endpoints) →|tasks → tasks|→ (validator|gateway) /.test(path)),
    ).toEqual([]);
});

test.each([
    [{ egress: "endpoints" } as const, []],
    [{ egress: "nat", natGateways: "per-az" } as const, ["tasks → 0.0.0.0/0 443"]],
])("tasks may connect to the internet on port 443 only with NAT: %j", async (network, open) => {
    const paths = pathsOf(await planned({ network }), "egress");
    expect(paths.filter((path) => path.includes("0.0.0.0/0"))).toEqual(open);
});

test("without endpoints no rule allows them", async () => {
    const plan = await planned({ network: { egress: "nat", natGateways: "single", endpointZones: 0 } });
    expect(
        [...pathsOf(plan, "ingress"), ...pathsOf(plan, "egress")].filter((path) => path.includes("endpoints")),
    ).toEqual([]);
});

test.each(["create", "adopt"] as const)(
    "with GuardDuty on %s its agent may connect to its endpoint",
    async (guardDuty) => {
        const network = { egress: "nat", natGateways: "single", endpointZones: 0 } as const;
        const plan = await planned({ network, guardDuty });
        expect(pathsOf(plan, "egress")).toContain("tasks → endpoints 443");
        expect(pathsOf(plan, "ingress")).toContain("tasks → endpoints 443");
    },
);

test("port 80 is open only for a redirect", async () => {
    expect(pathsOf(await planned(), "ingress").filter((path) => path.endsWith(" 80"))).toEqual([]);
    expect(pathsOf(await planned({ edge: { httpRedirect: true } }), "ingress")).toContain("0.0.0.0/0 → alb 80");
});

test("a stack may allow some addresses only, on both ports", async () => {
    const allowedCidrs = ["203.0.113.0/24", "198.51.100.7/32"];
    const plan = await planned({ edge: { allowedCidrs, httpRedirect: true } });
    expect(pathsOf(plan, "ingress").filter((path) => /^\d.* → alb/.test(path))).toEqual([
        "198.51.100.7/32 → alb 443",
        "198.51.100.7/32 → alb 80",
        "203.0.113.0/24 → alb 443",
        "203.0.113.0/24 → alb 80",
    ]);
});

test("a further address changes no existing rule", async () => {
    const one = await planned({ edge: { allowedCidrs: ["203.0.113.0/24"] } });
    const two = await planned({ edge: { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"] } });
    expect(
        logicalNamesOf(two, types.ingress).filter((name) => !logicalNamesOf(one, types.ingress).includes(name)),
    ).toEqual(["payment-internet-alb-ingress-198-51-100-7-32-test"]);
    const kept = "payment-internet-alb-ingress-203-0-113-0-24-test";
    expect(findNode(two, kept).inputs).toEqual(findNode(one, kept).inputs);
});

test("rules that earlier releases named by position keep their resources", async () => {
    const plan = await planned({ edge: { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"] } });
    const formerNames = nodesOf(plan, types.ingress).flatMap(({ inputs, options }) =>
        options.aliases.map((alias) => [inputs.cidrIpv4, alias]),
    );
    expect(formerNames).toMatchObject([
        ["203.0.113.0/24", { name: "payment-internet-alb-ingress-test" }],
        ["198.51.100.7/32", { name: "payment-internet-alb-ingress-2-test" }],
    ]);
});

test("each rule and each group has a description for auditors", async () => {
    const plan = await planned();
    const rules = [...nodesOf(plan, types.ingress), ...nodesOf(plan, types.egress)];
    expect(rules).toHaveLength(17);
    for (const { name, inputs } of rules) {
        const row = name.replace(/^payment-(.*)-(in|e)gress(-[\d-]+)?-test$/, "$1");
        expect(inputs.description).toBe(flows[row]?.why);
        // What AWS takes in a description (and no apostrophe).
        expect(inputs.description).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{10,255}$/);
    }
    const descriptions = nodesOf(plan, types.group).map(({ inputs }) => inputs.description);
    expect(descriptions).toHaveLength(10);
    expect(descriptions.filter((text) => !/^[a-zA-Z0-9. _-]{5,255}$/.test(toText(text)))).toEqual([]);
});

test("the table has every switch of a stack", () => {
    const rowsOf = (changes?: Changes) => flowsOf(settingsOf(changes)).map(([row]) => row);
    const services = { refunds: { path: undefined, priority: undefined } };
    const network = { egress: "nat", natGateways: "single" } as const;
    const without = (...rows: string[]) => Object.keys(flows).filter((row) => !rows.includes(row));
    const everything = { network, edge: { httpRedirect: true }, services };
    expect(rowsOf(everything)).toEqual(without("migration-internet"));
    expect(rowsOf({ ...everything, network: { ...network, endpointZones: 0 } })).toEqual(
        without("tasks-endpoints", "workers-endpoints", "migration-endpoints"),
    );
    expect(rowsOf()).toEqual(
        without("internet-alb-http", "tasks-internet", "migration-internet").filter(
            (row) => !row.startsWith("workers-"),
        ),
    );
});
