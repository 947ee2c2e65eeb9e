import {
    paginateDescribeInstances,
    paginateDescribeNetworkInterfaces,
    type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { items } from "../../../plan/query.ts";
import { allOf } from "../../deploy/clients.ts";
import { stateOf } from "../../../plan/state.ts";
import { listing, type Lister } from "../listing.ts";
import { describe, inVpc } from "./ec2.ts";

/** What AWS says of a network interface that a service made: nobody else can change or delete it. */
const requesterManaged = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html";

/** What runs in a VPC. */
export const interfacesOfVpc: readonly Lister[] = [
    listing({
        item: "instance",
        rights: describe("Instances"),
        list: async ({ ec2: client }, parent) => {
            const states = { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] };
            const Filters = [...inVpc(parent), states];
            return (
                await allOf(paginateDescribeInstances({ client }, { Filters }), (page) => page.Reservations)
            ).flatMap(({ Instances = [] }) => Instances);
        },
        key: ({ InstanceId }) => InstanceId,
        opens: ({ InstanceId, SubnetId, SecurityGroups = [] }) =>
            `who is on ${InstanceId} is in subnet ${SubnetId}, in the groups ${SecurityGroups.map(({ GroupName }) => GroupName).join(", ")}`,
        remove: ({ InstanceId }) => `aws ec2 terminate-instances --instance-ids ${InstanceId}`,
    }),
    listing({
        item: "network interface",
        rights: describe("NetworkInterfaces"),
        list: ({ ec2: client }, parent) =>
            allOf(
                paginateDescribeNetworkInterfaces({ client }, { Filters: inVpc(parent) }),
                (page) => page.NetworkInterfaces,
            ),
        key: ({ NetworkInterfaceId }) => NetworkInterfaceId,
        byAws: [
            {
                what: "the interface of an endpoint that is planned",
                source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
                is: ({ NetworkInterfaceId }, { state }) =>
                    stateOf(state, "ec2/vpcEndpoint:VpcEndpoint").some(({ outputs }) =>
                        items(outputs?.networkInterfaceIds).includes(NetworkInterfaceId),
                    ),
            },
            {
                what: "an interface that a service made and manages",
                source: requesterManaged,
                is: ({ RequesterManaged }) => RequesterManaged === true,
            },
            {
                what: "an interface of a kind that only services make, such as Lambda's",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html",
                is: ({ InterfaceType = "interface" }: NetworkInterface) =>
                    !["interface", "efa", "efa-only", "trunk"].includes(InterfaceType),
            },
            {
                what: "the interface of a task",
                source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
                is: ({ Description, Attachment }) =>
                    /^arn:[^:]*:ecs:[^:]*:\d{12}:attachment\//.test(Description) &&
                    Attachment?.InstanceId === undefined,
            },
            {
                what: "the interface of an instance, which is listed itself",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html",
                is: ({ Attachment, OwnerId }) =>
                    Attachment?.InstanceId !== undefined && Attachment.InstanceOwnerId === OwnerId,
            },
        ],
        opens: ({ PrivateIpAddress, Groups = [] }) =>
            `what gets ${PrivateIpAddress} is in the groups ${Groups.map(({ GroupName }) => GroupName).join(", ")}`,
        remove: ({ NetworkInterfaceId }) =>
            `aws ec2 delete-network-interface --network-interface-id ${NetworkInterfaceId}`,
    }),
];
