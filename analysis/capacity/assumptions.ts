/** Figures that a plan does not contain. Times in seconds; docs/simulation.md lists them, and the effect of wrong ones. */
export const assumptions = {
    /**
     * From the decision to start a task until its container runs: capacity, interface, image. AWS gives no figure, only that
     * each task pulls its whole image (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-pull-behavior.html);
     * measure yours by a task's `createdAt` and `startedAt`, and pass `--launch`.
     */
    launch: 45,
    /**
     * ECS and SQS publish one datapoint a minute, at its end
     * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html); CloudWatch has it later.
     */
    period: 60,
    metricDelay: 60,
    /** The alarm that target tracking creates: three of three datapoints above the target. */
    datapoints: 3,
    /**
     * Fargate starts 100 tasks of an account and region at once, then 20 a second
     * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html).
     */
    launchBurst: 100,
    launchesPerSecond: 20,
    /**
     * Longest wait of a message while the queue has `backlogPerTask` messages for each task. 10 s is the acceptable latency of
     * AWS's example, where a message takes 0.1 s and the backlog of a task is 100 messages
     * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html).
     */
    acceptableLatency: 10,
    /**
     * At 10 ms of CPU for a request, at least twice of what was measured (docs/load.md). It scales the numbers of requests; times and
     * percentages do not depend on it.
     */
    requestsPerVcpuSecond: 100,
    /** Percent of its CPU that a task uses at rest, where no policy sets a target. */
    utilization: 60,
    /** The application load balancer's own idle timeout, where the plan sets none. */
    idleTimeout: 60,
} as const;
