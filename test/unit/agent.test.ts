import { expect, test } from "@jest/globals";
import { agentAccounts, agentRepository } from "../../lib/account-services/agent.ts";
import { stackSchema } from "../../lib/settings/stack-schema.ts";
import { findNode, planComponent } from "../recorder.ts";
import { guardDutyAgentRepositoryArn, testScope, exposeValue } from "./fixtures.ts";

test("every region with an agent is one that a stack may set, and has its own account", () => {
    const rows = Object.entries(agentAccounts);
    expect(rows.length).toBeGreaterThan(30);
    expect(new Set(Object.values(agentAccounts)).size).toBe(rows.length);
    const region = stackSchema.shape["aws:region"];
    expect(rows.filter(([name, account]) => !region.safeParse(name).success || !/^\d{12}$/.test(account))).toEqual([]);
});

test("the agent's image is in AWS's account for the region", async () => {
    const plan = await planComponent(() => {
        exposeValue("ireland", agentRepository(testScope()));
        exposeValue("virginia", agentRepository(testScope({ region: "us-east-1" })));
        expect(() => agentRepository(testScope({ region: "us-gov-west-1" }))).toThrow("no us-gov-west-1 among");
    });
    expect(findNode(plan, "ireland").inputs.value).toBe(guardDutyAgentRepositoryArn);
    expect(findNode(plan, "virginia").inputs.value).toBe(
        "arn:aws:ecr:us-east-1:593207742271:repository/aws-guardduty-agent-fargate",
    );
});
