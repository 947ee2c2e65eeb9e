import { GetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import {
    paginateListContainerInstances,
    paginateListServices,
    paginateListTaskDefinitions,
    type Task,
} from "@aws-sdk/client-ecs";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { repositories } from "../../../plan/catalogue/ecr.ts";
import { cluster } from "../../../plan/catalogue/ecs.ts";
import { getPath } from "../../../plan/query.ts";
import { stateResourcesOfType, type State } from "../../../plan/state.ts";
import { defineLister, type ChildListers } from "../listing.ts";
import { describePolicy } from "../text.ts";
import { scalableTargetLister } from "./scaling.ts";
import { listTasks, listTasksPermissions } from "./tasks.ts";

const clusterListers = [
    defineLister<string>({
        item: "service",
        permissions: [listGrant("ecs: ListServices")],
        list: ({ ecs: client }, { arn }) =>
            collectPages(paginateListServices({ client }, { cluster: arn }), (page) => page.serviceArns),
        key: (arn) => arn,
        planned: { "ecs/service:Service": ({ id }) => id },
        opens: (arn) => `ECS keeps tasks of ${arn} running in the cluster`,
        remove: (service, { arn }) => `aws ecs delete-service --cluster ${arn} --service ${service} --force`,
    }),
    defineLister({
        item: "task",
        permissions: listTasksPermissions,
        list: ({ ecs }, { arn }) => listTasks(ecs, { cluster: arn, desiredStatus: "RUNNING" }),
        key: ({ taskArn }) => taskArn,
        byAws: [
            {
                what: "a task that a service started; services are listed themselves",
                source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html",
                matches: ({ group }) => group.startsWith("service:"),
            },
            {
                what: "a task that a schedule started, as the program says",
                source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html",
                matches: (task, { state }) => isScheduled(task, state),
            },
        ],
        opens: ({ taskDefinitionArn }) => `${taskDefinitionArn} runs outside every service`,
        remove: ({ taskArn }, { arn }) => `aws ecs stop-task --cluster ${arn} --task ${taskArn}`,
    }),
    defineLister<string>({
        item: "container instance",
        permissions: [readGrant("ecs: ListContainerInstances", cluster)],
        list: ({ ecs: client }, { arn }) =>
            collectPages(
                paginateListContainerInstances({ client }, { cluster: arn }),
                (page) => page.containerInstanceArns,
            ),
        key: (arn) => arn,
        opens: (arn) => `tasks of the cluster may run on ${arn}, a machine that is not in the state`,
        remove: (instance, { arn }) =>
            `aws ecs deregister-container-instance --cluster ${arn} --container-instance ${instance} --force`,
    }),
];

/** Whether a task runs what a schedule of the stack starts, with its own program, variables and roles. */
const isScheduled = ({ taskDefinitionArn, overrides }: Task, state: State): boolean =>
    stateResourcesOfType(state, "scheduler/schedule:Schedule").some(
        (schedule) => getPath(schedule.outputs, "target.ecsParameters.taskDefinitionArn") === taskDefinitionArn,
    ) &&
    overrides?.taskRoleArn === undefined &&
    overrides?.executionRoleArn === undefined &&
    (overrides?.containerOverrides ?? []).every(
        ({ command = [], environment = [], environmentFiles = [] }) =>
            command.length + environment.length + environmentFiles.length === 0,
    );

const revisionLister = defineLister<string>({
    item: "revision",
    permissions: [listGrant("ecs: ListTaskDefinitions")],
    list: ({ ecs: client }, { text }) =>
        collectPages(
            paginateListTaskDefinitions({ client }, { familyPrefix: text("family"), status: "ACTIVE" }),
            (page) => page.taskDefinitionArns,
        ),
    key: (arn) => arn,
    planned: { "ecs/taskDefinition:TaskDefinition": ({ arn }) => arn },
    opens: (arn) => `who may run tasks can run ${arn}, with the roles that it names`,
    remove: (arn) => `aws ecs deregister-task-definition --task-definition ${arn}`,
});

const repositoryPolicyLister = defineLister<string>({
    item: "policy",
    permissions: [readGrant("ecr: GetRepositoryPolicy", repositories)],
    list: async ({ ecr }, { id }) => {
        const { policyText } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName: id }));
        return policyText === undefined ? [] : [policyText];
    },
    key: (_, { id }) => id,
    planned: { "ecr/repositoryPolicy:RepositoryPolicy": ({ text }) => text("repository") },
    opens: describePolicy,
    remove: (_, { id }) => `aws ecr delete-repository-policy --repository-name ${id}`,
});

export const computeListersByType: Readonly<Record<string, ChildListers>> = {
    "ecs/cluster:Cluster": clusterListers,
    "ecs/service:Service": [scalableTargetLister("ecs", ({ id }) => id.replace(/^.*:(service\/)/, "$1"))],
    "ecs/taskDefinition:TaskDefinition": [revisionLister],
    "ecr/repository:Repository": [repositoryPolicyLister],
};
