import { expect, test } from "@jest/globals";
import { requireItem } from "../../../../lib/list.ts";
import { runFaultInjection } from "../../../integration/scenarios/fault-injection.ts";
import { verifyPaths } from "../../../integration/scenarios/network-paths.ts";
import { quarantine } from "../../../integration/scenarios/quarantine.ts";
import { runRestoreDrill } from "../../../../tools/drill/restore.ts";
import { DrillError, type DrillContext } from "../../../../tools/drill/context.ts";
import { denyEndpointAccess, denyQueueAccess, replaceCacheToken } from "../../../integration/scenarios/faults.ts";
import { errorNamed, drillContextOn, type FakeAccount } from "./fakes.ts";
import { networkUnderTest, queueUnderTest, samplePaths, cacheToken, pathAnalysisResult } from "./fixtures.ts";
import { fakeAccountForPaths, fakeAccountForRestore, fakeAccountForService } from "./fake-accounts.ts";

/** Every drill that changes something, and the createAccount in which it succeeds. */
const drills: Readonly<
    Record<string, { createAccount: () => FakeAccount; runDrill: (drillContext: DrillContext) => Promise<unknown> }>
> = {
    "a restore": {
        createAccount: fakeAccountForRestore,
        runDrill: (drillContext) => runRestoreDrill(drillContext, 90),
    },
    "an analysis of paths": {
        createAccount: () => fakeAccountForPaths(pathAnalysisResult),
        runDrill: (drillContext) => verifyPaths(drillContext, networkUnderTest, samplePaths),
    },
    "a quarantine": {
        createAccount: fakeAccountForService,
        runDrill: (drillContext) => quarantine(drillContext, "payment"),
    },
    "a blocked endpoint": {
        createAccount: fakeAccountForService,
        runDrill: (drillContext) =>
            runFaultInjection(drillContext, denyEndpointAccess(drillContext, networkUnderTest.vpcId, queueUnderTest)),
    },
    "a refusing queue": {
        createAccount: fakeAccountForService,
        runDrill: (drillContext) => runFaultInjection(drillContext, denyQueueAccess(drillContext, queueUnderTest)),
    },
    "a wrong token": {
        createAccount: fakeAccountForService,
        runDrill: (drillContext) => runFaultInjection(drillContext, replaceCacheToken(drillContext, cacheToken)),
    },
};

test.each(Object.keys(drills))("%s leaves everything as it was", async (name) => {
    const { createAccount, runDrill } = requireItem(drills, name);
    const aws = createAccount();
    const before = JSON.stringify(aws.state());
    await runDrill(drillContextOn(aws).drillContext);
    expect(JSON.stringify(aws.state())).toBe(before);
});

test.each(Object.keys(drills))("%s undoes or reports its changes, whichever call fails", async (name) => {
    const { createAccount, runDrill } = requireItem(drills, name);
    const success = drillContextOn(createAccount());
    await runDrill(success.drillContext);
    expect(success.calls.length).toBeGreaterThan(5);

    for (const when of ["before", "after"] as const) {
        for (const [i, failing] of success.names().entries()) {
            const aws = createAccount();
            const before = JSON.stringify(aws.state());
            const attempt = drillContextOn(aws, { callNumber: i + 1, when });
            let callsOfDrill: number | undefined;
            const drillContext: DrillContext = {
                ...attempt.drillContext,
                say: (said) => {
                    callsOfDrill ??= said.startsWith("putting back") ? attempt.calls.length : undefined;
                },
            };
            const problem: unknown = await runDrill(drillContext).catch((error: unknown) => error);
            const where = `${when} call ${i + 1}, ${failing}`;
            expect([where, problem]).toEqual([where, expect.any(Error)]);
            const left = problem instanceof DrillError ? problem.notRolledBack : [];
            const isPutBack = JSON.stringify(aws.state()) === before;
            expect([where, isPutBack || left.length > 0]).toEqual([where, true]);
            if (callsOfDrill === undefined || i < callsOfDrill) {
                // Nothing hinders the putting back.
                expect([where, isPutBack]).toEqual([where, true]);
            }
        }
    }
});

test.each(Object.keys(drills))("%s undoes its changes, whichever call gets an empty answer", async (name) => {
    const { createAccount, runDrill } = requireItem(drills, name);
    const success = drillContextOn(createAccount());
    let callsOfDrill = 0;
    await runDrill({
        ...success.drillContext,
        say: (said) => {
            callsOfDrill ||= said.startsWith("putting back") ? success.calls.length : 0;
        },
    });
    expect(callsOfDrill).toBeGreaterThan(5);
    for (const [i, answered] of success.names().slice(0, callsOfDrill).entries()) {
        const aws = createAccount();
        const before = JSON.stringify(aws.state());
        await runDrill(drillContextOn(aws, { callNumber: i + 1, when: "empty" }).drillContext).catch(
            (error: unknown) => error,
        );
        expect([i, answered, JSON.stringify(aws.state())]).toEqual([i, answered, before]);
    }
});

const copies = {
    database: "payment-drill-database-dev-20270131t101500z",
    log: "payment-drill-transactions-dev-20270131t101640z",
};

// The operator has nothing but these lines to put it back by hand.
test.each([
    ["a restore", "DeleteDBInstance", `the instance ${copies.database}-1`],
    ["a restore", "DeleteDBCluster", `the cluster ${copies.database}`],
    ["a restore", "DeleteTable", `the table ${copies.log}`],
    ["a restore", "DeleteItem", `the row ${copies.log} of payment-transactions-dev`],
    [
        "a quarantine",
        "DeleteRolePolicy",
        "the policy AWSRevokeOlderSessions of the role payment-payment-task-dev-1a2b3c4",
    ],
    ["a blocked endpoint", "ModifyVpcEndpoint", 'the policy of vpce-sqs: {"Statement":["endpoint"]}'],
    [
        "a refusing queue",
        "SetQueueAttributes",
        `the policy of ${queueUnderTest.queueUrl}: {"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly"}]}`,
    ],
    ["a wrong token", "UpdateSecretVersionStage", `AWSCURRENT of ${cacheToken.secretArn} on the version right`],
])("%s that cannot call %s to undo a change reports what is left, and how it was", async (name, call, left) => {
    const { createAccount, runDrill } = requireItem(drills, name);
    const { handlers, state } = createAccount();
    let isPuttingBack = false;
    const { drillContext } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            [call]: (input) => {
                if (isPuttingBack) {
                    throw errorNamed("AccessDenied");
                }
                return handlers[call]?.(input);
            },
        },
    });
    const say = (said: string) => {
        isPuttingBack ||= said.startsWith("putting back");
    };
    await expect(runDrill({ ...drillContext, say })).rejects.toMatchObject({
        notRolledBack: [`${left} (AccessDenied)`],
    });
});
