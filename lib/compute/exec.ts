/** Calls with which ECS Exec opens the channels of a shell. IAM has no resource type for them. */
export const execChannelActions = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];
