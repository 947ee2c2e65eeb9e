import {
    paginateDescribeInstances,
    paginateDescribeNetworkInterfaces,
    type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { itemsOf } from "../../../plan/query.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import { defineLister, type ChildLister } from "../listing.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { vpcFilter } from "./ec2.ts";

/** What AWS says of a network interface that a service made: nobody else can change or delete it. */
const requesterManagedPage = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html";

/** What runs in a VPC. */
export const vpcInterfaceListers: readonly ChildLister[] = [
    defineLister({
        item: "instance",
        permissions: [describeEc2("Instances")],
        list: async ({ ec2: client }, parent) => {
            const states = { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] };
            const Filters = [...vpcFilter(parent), states];
            return (
                await collectPages(paginateDescribeInstances({ client }, { Filters }), (page) => page.Reservations)
            ).flatMap(({ Instances = [] }) => Instances);
        },
        key: ({ InstanceId }) => InstanceId,
        opens: ({ InstanceId, SubnetId, SecurityGroups = [] }) =>
            `who is on ${InstanceId} is in subnet ${SubnetId}, in the groups ${SecurityGroups.map(({ GroupName }) => GroupName).join(", ")}`,
        remove: ({ InstanceId }) => `aws ec2 terminate-instances --instance-ids ${InstanceId}`,
    }),
    defineLister({
        item: "network interface",
        permissions: [describeEc2("NetworkInterfaces")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeNetworkInterfaces({ client }, { Filters: vpcFilter(parent) }),
                (page) => page.NetworkInterfaces,
            ),
        key: ({ NetworkInterfaceId }) => NetworkInterfaceId,
        byAws: [
            {
                what: "the interface of an endpoint that is planned",
                source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
                matches: ({ NetworkInterfaceId }, { state }) =>
                    stateResourcesOfType(state, "ec2/vpcEndpoint:VpcEndpoint").some(({ outputs }) =>
                        itemsOf(outputs?.networkInterfaceIds).includes(NetworkInterfaceId),
                    ),
            },
            {
                what: "an interface that a service made and manages",
                source: requesterManagedPage,
                matches: ({ RequesterManaged }) => RequesterManaged === true,
            },
            {
                what: "an interface of a kind that only services make, such as Lambda's",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html",
                matches: ({ InterfaceType = "interface" }: NetworkInterface) =>
                    !["interface", "efa", "efa-only", "trunk"].includes(InterfaceType),
            },
            {
                what: "the interface of a task",
                source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
                matches: ({ Description, Attachment }) =>
                    /^arn:[^:]*:ecs:[^:]*:\d{12}:attachment\//.test(Description) &&
                    Attachment?.InstanceId === undefined,
            },
            {
                what: "the interface of an instance, which is listed itself",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html",
                matches: ({ Attachment, OwnerId }) =>
                    Attachment?.InstanceId !== undefined && Attachment.InstanceOwnerId === OwnerId,
            },
        ],
        opens: ({ PrivateIpAddress, Groups = [] }) =>
            `what gets ${PrivateIpAddress} is in the groups ${Groups.map(({ GroupName }) => GroupName).join(", ")}`,
        remove: ({ NetworkInterfaceId }) =>
            `aws ec2 delete-network-interface --network-interface-id ${NetworkInterfaceId}`,
    }),
];
