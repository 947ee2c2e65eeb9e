import { GetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import { paginateListContainerInstances, paginateListServices, paginateListTaskDefinitions } from "@aws-sdk/client-ecs";
import { allOf } from "../../deploy/clients.ts";
import { everything, lists, read } from "../../../analysis/deployer/grant.ts";
import { cluster, repositories } from "../../../analysis/deployer/grants/compute.ts";
import { listing, type Holds } from "../listing.ts";
import { allowedIn } from "../words.ts";
import { scalableTargets } from "./scaling.ts";
import { tasksIn, tasksRights } from "./tasks.ts";

const ofCluster = [
    listing<string>({
        item: "service",
        rights: [read("ecs: ListServices", everything(lists))],
        list: ({ ecs: client }, { arn }) =>
            allOf(paginateListServices({ client }, { cluster: arn }), (page) => page.serviceArns),
        key: (arn) => arn,
        planned: { "ecs/service:Service": ({ id }) => id },
        opens: (arn) => `ECS keeps tasks of ${arn} running in the cluster`,
        remove: (service, { arn }) => `aws ecs delete-service --cluster ${arn} --service ${service} --force`,
    }),
    listing({
        item: "task",
        rights: tasksRights,
        list: ({ ecs }, { arn }) => tasksIn(ecs, { cluster: arn, desiredStatus: "RUNNING" }),
        key: ({ taskArn }) => taskArn,
        byAws: [
            {
                what: "a task that a service started; services are listed themselves",
                source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html",
                is: ({ group }) => group.startsWith("service:"),
            },
        ],
        opens: ({ taskDefinitionArn }) => `${taskDefinitionArn} runs outside every service`,
        remove: ({ taskArn }, { arn }) => `aws ecs stop-task --cluster ${arn} --task ${taskArn}`,
    }),
    listing<string>({
        item: "container instance",
        rights: [read("ecs: ListContainerInstances", cluster)],
        list: ({ ecs: client }, { arn }) =>
            allOf(paginateListContainerInstances({ client }, { cluster: arn }), (page) => page.containerInstanceArns),
        key: (arn) => arn,
        opens: (arn) => `tasks of the cluster may run on ${arn}, a machine that nobody planned`,
        remove: (instance, { arn }) =>
            `aws ecs deregister-container-instance --cluster ${arn} --container-instance ${instance} --force`,
    }),
];

const revisions = listing<string>({
    item: "revision",
    rights: [read("ecs: ListTaskDefinitions", everything(lists))],
    list: ({ ecs: client }, { text }) =>
        allOf(
            paginateListTaskDefinitions({ client }, { familyPrefix: text("family"), status: "ACTIVE" }),
            (page) => page.taskDefinitionArns,
        ),
    key: (arn) => arn,
    planned: { "ecs/taskDefinition:TaskDefinition": ({ arn }) => arn },
    opens: (arn) => `who may run tasks can run ${arn}, with the roles that it names`,
    remove: (arn) => `aws ecs deregister-task-definition --task-definition ${arn}`,
});

const repositoryPolicy = listing<string>({
    item: "policy",
    rights: [read("ecr: GetRepositoryPolicy", repositories)],
    list: async ({ ecr }, { id }) => {
        const { policyText } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName: id }));
        return policyText === undefined ? [] : [policyText];
    },
    key: (_, { id }) => id,
    planned: { "ecr/repositoryPolicy:RepositoryPolicy": ({ text }) => text("repository") },
    opens: allowedIn,
    remove: (_, { id }) => `aws ecr delete-repository-policy --repository-name ${id}`,
});

export const compute: Readonly<Record<string, Holds>> = {
    "ecs/cluster:Cluster": ofCluster,
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": "it is a setting of its cluster",
    "ecs/service:Service": [scalableTargets("ecs", ({ id }) => id.replace(/^.*:(service\/)/, "$1"))],
    "ecs/taskDefinition:TaskDefinition": [revisions],
    "ecr/repository:Repository": [repositoryPolicy],
    "ecr/lifecyclePolicy:LifecyclePolicy": "it is a policy of its repository, which Pulumi's refresh compares",
};
