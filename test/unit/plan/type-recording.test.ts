import { expect, test } from "@jest/globals";
import type { Plan } from "../../../plan/plan.ts";
import { memoizeByPlan, resourcesOfType } from "../../../plan/query.ts";
import { recordTypesOf } from "../../../plan/type-recording.ts";
import { planTestStack } from "../../stacks.ts";

const [queue, topic] = ["sqs/queue:Queue", "sns/topic:Topic"];

test("a value that is computed once for a plan counts as read by everything that asks for it", async () => {
    const plan = await planTestStack("dev");
    let computed = 0;
    const inner = memoizeByPlan((of) => resourcesOfType(of, queue).length);
    const outer = memoizeByPlan((of) => {
        computed++;
        return inner(of) + resourcesOfType(of, topic).length;
    });
    const count = outer(plan);
    expect(recordTypesOf(plan, outer)).toEqual({ result: count, types: [topic, queue] });
    expect(recordTypesOf(plan, (of) => outer(of) - inner(of)).types).toEqual([topic, queue]);
    expect(recordTypesOf(plan, inner).types).toEqual([queue]);
    expect(computed).toBe(1);
});

test("code that reads the list of all resources has read all types, also later", async () => {
    const plan = await planTestStack("dev");
    const countsOf = ({ nodes }: Plan) => nodes.length;
    const { result, types } = recordTypesOf(plan, (of) => ({
        all: countsOf(of),
        topics: () => resourcesOfType(of, topic),
    }));
    expect(types).toEqual(["*"]);
    expect(result.topics()).toBe(resourcesOfType(plan, topic));
});

test("a value that reads further types after it was computed is a mistake of the program", async () => {
    const late = memoizeByPlan((plan) => {
        resourcesOfType(plan, queue);
        return (type: string) => resourcesOfType(plan, type).length;
    });
    const countOf = late(await planTestStack("dev"));
    expect(countOf(queue)).toBeGreaterThan(0);
    expect(() => countOf(topic)).toThrow("must not read its sns/topic:Topic later");
});
