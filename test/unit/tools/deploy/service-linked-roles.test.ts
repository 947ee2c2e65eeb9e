import { expect, test } from "@jest/globals";
import { createServiceLinkedRoles, servicesWithLinkedRoles } from "../../../../tools/deploy/service-linked-roles.ts";
import { emptyState } from "../../../../plan/state.ts";
import { planTestStack } from "../../../stacks.ts";
import { awsError, clientsWith, stateResourcesOf } from "./fakes.ts";

const taken = (service: string) =>
    awsError("InvalidInputException", `Service role name AWSServiceRoleFor${service} has been taken in this account`);

test("each planned service with a service-linked role gets it before the first update", async () => {
    const services = servicesWithLinkedRoles(await planTestStack("prod"), emptyState);
    expect(services).toEqual(
        expect.arrayContaining([
            "ecs.amazonaws.com",
            "ecs.application-autoscaling.amazonaws.com",
            "elasticache.amazonaws.com",
            "elasticloadbalancing.amazonaws.com",
            "ops.apigateway.amazonaws.com",
            "rds.amazonaws.com",
        ]),
    );
    // Prod watches nothing with GuardDuty.
    expect(services).not.toContain("guardduty.amazonaws.com");
});

test("roles that the account has already are no error", async () => {
    const plan = await planTestStack("prod");
    const { clients, calls } = clientsWith({ CreateServiceLinkedRole: taken("X") });
    expect(await createServiceLinkedRoles(clients, plan, emptyState)).toEqual([]);
    expect(calls.length).toBe(servicesWithLinkedRoles(plan, emptyState).length);
});

test("a role that is created is reported, and one that may not be created is a warning", async () => {
    const { clients, calls } = clientsWith({
        CreateServiceLinkedRole: ({ AWSServiceName }) => {
            if (AWSServiceName === "rds.amazonaws.com") {
                throw awsError("AccessDenied", "not authorized");
            }
            return {};
        },
    });
    const lines = await createServiceLinkedRoles(clients, await planTestStack("prod"), emptyState);
    expect(lines).toContain(
        "created the service-linked role of elasticache.amazonaws.com, which the account did not have",
    );
    expect(lines).toContain("warning: no service-linked role was created for rds.amazonaws.com: not authorized");
    expect(lines).toHaveLength(calls.length);
});

test("a deployed stack asks for none again", async () => {
    const plan = await planTestStack("prod");
    const { clients, calls } = clientsWith({});
    const deployed = { ...emptyState, resources: stateResourcesOf(plan) };
    expect(await createServiceLinkedRoles(clients, plan, deployed)).toEqual([]);
    expect(calls).toEqual([]);
});
