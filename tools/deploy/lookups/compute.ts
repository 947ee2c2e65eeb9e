import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { GetPolicyCommand } from "@aws-sdk/client-lambda";
import { parseStatements } from "../../../analysis/iam/statements.ts";
import { fixedNamePattern, regionalArns, readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { eventRuleArns } from "../../../plan/catalogue/events.ts";
import { isNotFoundError } from "../../frame/aws-errors.ts";
import { listEventTargets } from "../../frame/aws-lists.ts";
import { tagsOf, type Lookups } from "./lookup.ts";

/** The last part of an ARN, which is its resource's name. */
const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

export const compute: Lookups = {
    "aws:ecs/service:Service": {
        rights: [
            readGrant("ecs: DescribeServices", regionalArns("ecs", `service/${fixedNamePattern}/${fixedNamePattern}`)),
        ],
        find: async ({ ecs }, read) => {
            const [cluster, name] = [read("cluster"), read("name")];
            const asked = new DescribeServicesCommand({ cluster, services: [name], include: ["TAGS"] });
            const { services = [] } = await ecs.send(asked);
            return services
                .filter(({ status }) => status === "ACTIVE")
                .map(({ serviceArn = "", tags = [] }) => ({
                    importId: `${lastPart(cluster)}/${name}`,
                    id: serviceArn,
                    tags: tagsOf(tags.map(({ key, value }) => ({ Key: key, Value: value }))),
                }));
        },
    },
    "aws:lambda/permission:Permission": {
        rights: [readGrant("lambda: GetPolicy", regionalArns("lambda", `function:${fixedNamePattern}`))],
        find: async ({ lambda }, read) => {
            const FunctionName = read("function");
            try {
                const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
                return parseStatements(Policy)
                    .filter(({ Action, Principal, Condition }) => {
                        const source = JSON.stringify(Condition ?? {});
                        return (
                            Action === read("action") &&
                            JSON.stringify(Principal).includes(`"${read("principal")}"`) &&
                            source.includes(`"${read("sourceArn")}"`)
                        );
                    })
                    .map(({ Sid = "" }) => ({ importId: `${FunctionName}/${Sid}`, id: Sid }));
            } catch (error) {
                if (isNotFoundError(error)) {
                    return [];
                }
                throw error;
            }
        },
    },
    // The provider makes up the target's ID.
    "aws:cloudwatch/eventTarget:EventTarget": {
        rights: [readGrant("events: ListTargetsByRule", eventRuleArns)],
        find: async ({ events }, read) => {
            const Rule = read("rule");
            return (await listEventTargets({ events }, { Rule }))
                .filter(({ Arn }) => Arn === read("arn"))
                .map(({ Id = "" }) => ({ importId: `${Rule}/${Id}`, id: `${Rule}-${Id}` }));
        },
    },
};
