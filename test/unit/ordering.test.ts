import { expect, test } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../../lib/ordering.ts";
import { nodesOf, planComponent } from "../recorder.ts";

test("a value that waits for a resource depends on it, and is known before that is created", async () => {
    const plan = await planComponent(() => {
        const first = new aws.sqs.Queue("first", {});
        return new aws.sqs.Queue("second", { name: after(pulumi.output("second-queue"), [first]) });
    });
    const [first, second] = nodesOf(plan, "aws:sqs/queue:Queue");
    expect(second?.inputs.name).toBe("second-queue");
    expect(second?.propertyDependencies.name).toEqual([first?.urn]);
    expect(second?.unknown).toEqual([]);
});
