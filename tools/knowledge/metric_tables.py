# ruff: noqa: E501  (tables)
"""Metrics and dimensions, written by hand after the pages named; `metrics.py` adds what aws-cdk-lib knows beside them.

A namespace is (documentation, whether its list of metrics is whole, dimension sets, metrics, metrics with dimension sets
of their own). No list is called whole: none was compared with its page line by line, and AWS adds metrics. What is in a
list exists; of what is not, nothing is known.
"""

from __future__ import annotations

Table = tuple[str, bool, list[str], str, dict[str, list[str]]]

_GUIDE = "https://docs.aws.amazon.com/"
_RDS = (
    "ActiveTransactions AuroraBinlogReplicaLag AuroraGlobalDBDataTransferBytes AuroraGlobalDBProgressLag "
    "AuroraGlobalDBReplicatedWriteIO AuroraGlobalDBReplicationLag AuroraGlobalDBRPOLag AuroraReplicaLag "
    "AuroraReplicaLagMaximum AuroraReplicaLagMinimum AuroraVolumeBytesLeftTotal BacktrackChangeRecordsCreationRate "
    "BacktrackChangeRecordsStored BacktrackWindowActual BacktrackWindowAlert BackupRetentionPeriodStorageUsed "
    "BlockedTransactions BufferCacheHitRatio BurstBalance CPUCreditBalance CPUCreditUsage CPUSurplusCreditBalance "
    "CPUSurplusCreditsCharged CPUUtilization CheckpointLag CommitLatency CommitThroughput ConnectionAttempts "
    "DBLoad DBLoadCPU DBLoadNonCPU DBLoadRelativeToNumVCPUs DDLLatency DDLThroughput DMLLatency DMLThroughput "
    "DatabaseConnections Deadlocks DeleteLatency DeleteThroughput DiskQueueDepth EBSByteBalance% EBSIOBalance% "
    "EngineUptime FailedSQLServerAgentJobsCount FreeLocalStorage FreeLocalStoragePercent FreeStorageSpace "
    "FreeableMemory InsertLatency InsertThroughput LoginFailures MaximumUsedTransactionIDs NetworkReceiveThroughput "
    "NetworkThroughput NetworkTransmitThroughput NumBinaryLogFiles OldestReplicationSlotLag Queries "
    "RDSToAuroraPostgreSQLReplicaLag ReadIOPS ReadIOPSLocalStorage ReadLatency ReadLatencyLocalStorage "
    "ReadThroughput ReadThroughputLocalStorage ReplicaLag ReplicationChannelLag ReplicationSlotDiskUsage "
    "ResultSetCacheHitRatio RollbackSegmentHistoryListLength RowLockTime SelectLatency SelectThroughput "
    "ServerlessDatabaseCapacity ACUUtilization SnapshotStorageUsed StorageNetworkReceiveThroughput "
    "StorageNetworkThroughput StorageNetworkTransmitThroughput SumBinaryLogSize SwapUsage TempStorageIOPS "
    "TempStorageThroughput TotalBackupStorageBilled TransactionLogsDiskUsage TransactionLogsGeneration "
    "UpdateLatency UpdateThroughput VolumeBytesUsed VolumeReadIOPs VolumeWriteIOPs WriteIOPS WriteIOPSLocalStorage "
    "WriteLatency WriteLatencyLocalStorage WriteThroughput WriteThroughputLocalStorage BinLogDiskUsage AbortedClients "
    "ForwardingMasterDMLLatency ForwardingMasterDMLThroughput ForwardingMasterOpenSessions ForwardingReplicaDMLLatency "
    "ForwardingReplicaOpenSessions AuroraSlowConnectionHandleCount AuroraSlowHandshakeCount PurgeBoundary "
    "PurgeFinishedPoint TruncateFinishedPoint TransactionAgeMaximum ClientConnections DatabaseConnectionRequests "
    "ClientConnectionsReceived ClientConnectionsClosed ClientConnectionsNoTLS ClientConnectionsTLS "
    "DatabaseConnectionsBorrowLatency DatabaseConnectionsCurrentlyBorrowed DatabaseConnectionsCurrentlyInTransaction "
    "DatabaseConnectionsCurrentlySessionPinned DatabaseConnectionsSetupFailed DatabaseConnectionsSetupSucceeded "
    "DatabaseConnectionsWithTLS MaxDatabaseConnectionsAllowed QueryDatabaseResponseLatency QueryRequests "
    "QueryRequestsNoTLS QueryRequestsTLS QueryResponseLatency AvailabilityPercentage ClientConnectionsSetupFailedAuth "
    "ClientConnectionsSetupSucceeded DatabaseConnectionRequestsWithTLS"
)
_RDS_DIMENSIONS = [
    "DBInstanceIdentifier",
    "DBClusterIdentifier",
    "DBClusterIdentifier Role",
    "DBClusterIdentifier EngineName",
    "DatabaseClass",
    "EngineName",
    "SourceRegion",
    "DBClusterIdentifier SourceRegion",
    "ProxyName",
    "ProxyName TargetGroup Target",
    "ProxyName TargetGroup",
    "ProxyName EndpointName",
    "ProxyName Target TargetGroup TargetRole",
]

TABLES: dict[str, Table] = {
    "AWS/ApiGateway": (
        _GUIDE + "apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
        False,
        [
            "ApiName",
            "ApiName Stage",
            "ApiName Method Resource Stage",
            "ApiId",
            "ApiId Stage",
            "ApiId Method Resource Stage",
            "ApiId Route Stage",
            "ApiId Stage Route",
        ],
        "4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency 4xx 5xx DataProcessed "
        "ConnectCount MessageCount IntegrationError ClientError ExecutionError",
        {},
    ),
    "AWS/ApplicationELB": (
        _GUIDE + "elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
        False,
        [
            "LoadBalancer",
            "AvailabilityZone LoadBalancer",
            "LoadBalancer TargetGroup",
            "TargetGroup",
            "AvailabilityZone LoadBalancer TargetGroup",
            "AvailabilityZone TargetGroup",
        ],
        "ActiveConnectionCount AnomalousHostCount BYoIPUtilPercentage ClientTLSNegotiationErrorCount ConsumedLCUs "
        "DesyncMitigationMode_NonCompliant_Request_Count DroppedInvalidHeaderRequestCount "
        "ForwardedInvalidHeaderRequestCount GrpcRequestCount HTTPCode_ELB_3XX_Count HTTPCode_ELB_4XX_Count "
        "HTTPCode_ELB_500_Count HTTPCode_ELB_502_Count HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count "
        "HTTPCode_ELB_5XX_Count HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count "
        "HTTPCode_Target_5XX_Count HTTP_Fixed_Response_Count HTTP_Redirect_Count "
        "HTTP_Redirect_Url_Limit_Exceeded_Count HealthyHostCount HealthyStateDNS HealthyStateRouting "
        "IPv6ProcessedBytes IPv6RequestCount LambdaInternalError LambdaTargetProcessedBytes LambdaUserError "
        "LowReputationPacketsDropped LowReputationRequestsDenied MitigatedHostCount NewConnectionCount "
        "NonStickyRequestCount PeakLCUs ProcessedBytes RejectedConnectionCount RequestCount RequestCountPerTarget "
        "ReservedLCUs RuleEvaluations StandardProcessedBytes TargetConnectionErrorCount TargetResponseTime "
        "TargetTLSNegotiationErrorCount UnHealthyHostCount UnhealthyRoutingRequestCount UnhealthyStateDNS "
        "UnhealthyStateRouting ZonalShiftedHostCount ELBAuthError ELBAuthFailure ELBAuthLatency "
        "ELBAuthRefreshTokenSuccess ELBAuthSuccess ELBAuthUserClaimsSizeExceeded",
        {},
    ),
    "AWS/Backup": (
        _GUIDE + "aws-backup/latest/devguide/cloudwatch.html",
        False,
        ["BackupVaultName", "ResourceType", "BackupVaultName ResourceType", ""],
        "NumberOfBackupJobsCreated NumberOfBackupJobsPending NumberOfBackupJobsRunning NumberOfBackupJobsAborted "
        "NumberOfBackupJobsCompleted NumberOfBackupJobsFailed NumberOfBackupJobsExpired NumberOfCopyJobsCreated "
        "NumberOfCopyJobsRunning NumberOfCopyJobsCompleted NumberOfCopyJobsFailed NumberOfRestoreJobsPending "
        "NumberOfRestoreJobsRunning NumberOfRestoreJobsCompleted NumberOfRestoreJobsFailed "
        "NumberOfRecoveryPointsCompleted NumberOfRecoveryPointsPartial NumberOfRecoveryPointsExpired "
        "NumberOfRecoveryPointsDeleting NumberOfRecoveryPointsCold",
        {},
    ),
    "AWS/CloudFront": (
        _GUIDE + "AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html",
        False,
        ["DistributionId Region", "DistributionId FunctionName Region"],
        "Requests BytesDownloaded BytesUploaded 4xxErrorRate 5xxErrorRate TotalErrorRate CacheHitRate OriginLatency "
        "401ErrorRate 403ErrorRate 404ErrorRate 502ErrorRate 503ErrorRate 504ErrorRate FunctionInvocations "
        "FunctionValidationErrors FunctionExecutionErrors FunctionComputeUtilization FunctionThrottles "
        "LambdaExecutionError LambdaValidationError LambdaLimitExceededError",
        {},
    ),
    "AWS/DynamoDB": (
        _GUIDE + "amazondynamodb/latest/developerguide/metrics-dimensions.html",
        False,
        [
            "TableName",
            "GlobalSecondaryIndexName TableName",
            "Operation TableName",
            "ReceivingRegion TableName",
            "",
            "Operation StreamLabel TableName",
            "DelegatedOperation TableName",
            "Operation",
            "Verb TableName",
            "GlobalSecondaryIndexName Operation TableName",
            "StreamLabel TableName",
        ],
        "AccountMaxReads AccountMaxTableLevelReads AccountMaxTableLevelWrites AccountMaxWrites "
        "AccountProvisionedReadCapacityUtilization AccountProvisionedWriteCapacityUtilization "
        "AgeOfOldestUnreplicatedRecord ConditionalCheckFailedRequests ConsumedChangeDataCaptureUnits "
        "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits FailedToReplicateRecordCount FaultInjectionServiceInducedErrors "
        "MaxProvisionedTableReadCapacityUtilization MaxProvisionedTableWriteCapacityUtilization OnDemandMaxReadRequestUnits "
        "OnDemandMaxWriteRequestUnits OnlineIndexConsumedWriteCapacity OnlineIndexPercentageProgress "
        "OnlineIndexThrottleEvents PendingReplicationCount ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits "
        "ReadAccountLimitThrottleEvents ReadKeyRangeThroughputThrottleEvents ReadMaxOnDemandThroughputThrottleEvents "
        "ReadProvisionedThroughputThrottleEvents ReadThrottleEvents ReplicationLatency ReturnedBytes ReturnedItemCount "
        "ReturnedRecordsCount SuccessfulRequestLatency SystemErrors ThrottledPutRecordCount ThrottledRequests "
        "TimeToLiveDeletedItemCount TransactionConflict UserErrors WriteAccountLimitThrottleEvents "
        "WriteKeyRangeThroughputThrottleEvents WriteMaxOnDemandThroughputThrottleEvents "
        "WriteProvisionedThroughputThrottleEvents WriteThrottleEvents",
        {
            "ConsumedReadCapacityUnits": ["TableName", "GlobalSecondaryIndexName TableName"],
            "ConsumedWriteCapacityUnits": ["TableName", "GlobalSecondaryIndexName TableName"],
            "ReadThrottleEvents": ["TableName", "GlobalSecondaryIndexName TableName"],
            "WriteThrottleEvents": ["TableName", "GlobalSecondaryIndexName TableName"],
            "SuccessfulRequestLatency": ["Operation TableName", "Operation StreamLabel TableName"],
            "ThrottledRequests": ["Operation TableName", "GlobalSecondaryIndexName Operation TableName"],
            "UserErrors": [""],
        },
    ),
    "AWS/EC2": (
        _GUIDE + "AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html",
        False,
        ["InstanceId", "AutoScalingGroupName", "ImageId", "InstanceType", ""],
        "CPUUtilization DiskReadOps DiskWriteOps DiskReadBytes DiskWriteBytes MetadataNoToken MetadataNoTokenRejected "
        "NetworkIn NetworkOut NetworkPacketsIn NetworkPacketsOut CPUCreditUsage CPUCreditBalance "
        "CPUSurplusCreditBalance CPUSurplusCreditsCharged DedicatedHostCPUUtilization EBSReadOps EBSWriteOps "
        "EBSReadBytes EBSWriteBytes EBSIOBalance% EBSByteBalance% StatusCheckFailed StatusCheckFailed_Instance "
        "StatusCheckFailed_System StatusCheckFailed_AttachedEBS GPUPowerUtilization InstanceEBSIOPSExceededCheck "
        "InstanceEBSThroughputExceededCheck",
        {},
    ),
    "AWS/ECS": (
        _GUIDE + "AmazonECS/latest/developerguide/available-metrics.html",
        False,
        [
            "ClusterName",
            "ClusterName ServiceName",
            "ClusterName DiscoveryName ServiceName",
            "ClusterName DiscoveryName ServiceName TargetDiscoveryName",
            "DiscoveryName",
            "TargetDiscoveryName",
        ],
        "ActiveConnectionCount CPUReservation CPUUtilization ClientTLSNegotiationErrorCount EBSFilesystemUtilization "
        "GPUReservation GrpcRequestCount HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count "
        "HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count MemoryReservation MemoryUtilization NewConnectionCount "
        "ProcessedBytes RequestCount RequestCountPerTarget TargetProcessedBytes TargetResponseTime "
        "TargetTLSNegotiationErrorCount",
        {},
    ),
    "AWS/Events": (
        _GUIDE + "eventbridge/latest/userguide/eb-monitoring.html",
        False,
        ["RuleName", "EventBusName", "EventBusName RuleName", "EventSourceName", "", "EventBusName EventSourceName"],
        "DeadLetterInvocations Events FailedInvocations IngestionToInvocationCompleteLatency "
        "IngestionToInvocationStartLatency IngestiontoInvocationCompleteLatency IngestiontoInvocationStartLatency "
        "InvocationAttempts Invocations InvocationsCreated InvocationsFailedToBeSentToDlq InvocationsSentToDlq "
        "MatchedEvents PutEventsApproximateCallCount PutEventsApproximateFailedCount "
        "PutEventsApproximateSuccessCount PutEventsApproximateThrottledCount PutEventsEntriesCount "
        "PutEventsFailedEntriesCount PutEventsLatency PutEventsRequestSize PutPartnerEventsApproximateCallCount "
        "PutPartnerEventsApproximateFailedCount PutPartnerEventsApproximateSuccessCount "
        "PutPartnerEventsApproximateThrottledCount PutPartnerEventsEntriesCount PutPartnerEventsFailedEntriesCount "
        "PutPartnerEventsLatency RetryInvocationAttempts SuccessfulInvocationAttempts ThrottledRules TriggeredRules",
        {},
    ),
    "AWS/Firehose": (
        _GUIDE + "firehose/latest/dev/monitoring-with-cloudwatch-metrics.html",
        False,
        ["DeliveryStreamName"],
        "ActivePartitionsLimit BytesPerSecondLimit DataReadFromKinesisStream.Bytes DataReadFromKinesisStream.Records "
        "DeliveryToS3.Bytes DeliveryToS3.DataFreshness DeliveryToS3.Records DeliveryToS3.Success ExecuteProcessing.Duration "
        "ExecuteProcessing.Success IncomingBytes IncomingPutRequests IncomingRecords KMSKeyAccessDenied KMSKeyDisabled "
        "KMSKeyInvalidState KMSKeyNotFound KinesisMillisBehindLatest PartitionCount PartitionCountExceeded "
        "PutRecord.Bytes PutRecord.Latency PutRecord.Requests PutRecordBatch.Bytes PutRecordBatch.Latency "
        "PutRecordBatch.Records PutRecordBatch.Requests PutRequestsPerSecondLimit RecordsPerSecondLimit "
        "SucceedProcessing.Bytes SucceedProcessing.Records ThrottledGetRecords ThrottledGetShardIterator ThrottledRecords",
        {},
    ),
    "AWS/Kinesis": (
        _GUIDE + "streams/latest/dev/monitoring-with-cloudwatch.html",
        False,
        ["StreamName", "ShardId StreamName", "ConsumerName StreamName"],
        "GetRecords.Bytes GetRecords.IteratorAge GetRecords.IteratorAgeMilliseconds GetRecords.Latency "
        "GetRecords.Records GetRecords.Success IncomingBytes IncomingRecords IteratorAgeMilliseconds OutgoingBytes "
        "OutgoingRecords PutRecord.Bytes PutRecord.Latency PutRecord.Success PutRecords.Bytes "
        "PutRecords.FailedRecords PutRecords.Latency PutRecords.Records PutRecords.Success "
        "PutRecords.SuccessfulRecords PutRecords.ThrottledRecords PutRecords.TotalRecords "
        "ReadProvisionedThroughputExceeded SubscribeToShard.RateExceeded SubscribeToShard.Success "
        "SubscribeToShardEvent.Bytes SubscribeToShardEvent.MillisBehindLatest SubscribeToShardEvent.Records "
        "SubscribeToShardEvent.Success WriteProvisionedThroughputExceeded",
        {},
    ),
    "AWS/Lambda": (
        _GUIDE + "lambda/latest/dg/monitoring-metrics-types.html",
        False,
        [
            "",
            "FunctionName",
            "FunctionName Resource",
            "ExecutedVersion FunctionName Resource",
            "ExecutedVersion FunctionName",
            "EventSourceMappingUUID FunctionName",
            "EventSourceMappingUUID",
        ],
        "AsyncEventAge AsyncEventsDropped AsyncEventsReceived ClaimedAccountConcurrency ConcurrentExecutions "
        "DeadLetterErrors DeletedEventCount DestinationDeliveryFailures DroppedEventCount Duration Errors "
        "EventPollerUnit FailedInvokeEventCount FilteredOutEventCount Invocations InvokedEventCount IteratorAge "
        "OffsetLag OnFailureDestinationDeliveredEventCount OversizedRecordCount PolledEventCount "
        "PostRuntimeExtensionsDuration ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations "
        "ProvisionedConcurrencyUtilization ProvisionedConcurrentExecutions ProvisionedPollers "
        "RecursiveInvocationsDropped RestoreDuration RestoreErrors Throttles UnreservedConcurrentExecutions "
        "Url4xxCount Url5xxCount UrlRequestCount UrlRequestLatency",
        {"ClaimedAccountConcurrency": [""], "UnreservedConcurrentExecutions": [""]},
    ),
    "AWS/NATGateway": (
        _GUIDE + "vpc/latest/userguide/metrics-dimensions-nat-gateway.html",
        False,
        ["NatGatewayId", "AvailabilityZone NatGatewayId"],
        "ActiveConnectionCount BytesInFromDestination BytesInFromSource BytesOutToDestination BytesOutToSource "
        "ConnectionAttemptCount ConnectionEstablishedCount ErrorPortAllocation IdleTimeoutCount "
        "PacketsDropCount PacketsInFromDestination PacketsInFromSource PacketsOutToDestination PacketsOutToSource "
        "PeakBytesPerSecond PeakPacketsPerSecond",
        {},
    ),
    "AWS/NetworkELB": (
        _GUIDE + "elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html",
        False,
        [
            "LoadBalancer",
            "AvailabilityZone LoadBalancer",
            "LoadBalancer TargetGroup",
            "AvailabilityZone LoadBalancer TargetGroup",
        ],
        "ActiveFlowCount ActiveFlowCount_QUIC ActiveFlowCount_TCP ActiveFlowCount_TLS ActiveFlowCount_UDP "
        "ActiveZonalShiftHostCount ClientTLSNegotiationErrorCount ConsumedLCUs ConsumedLCUs_QUIC ConsumedLCUs_TCP "
        "ConsumedLCUs_TLS ConsumedLCUs_UDP HealthyHostCount NewFlowCount NewFlowCount_QUIC NewFlowCount_TCP "
        "NewFlowCount_TLS NewFlowCount_UDP PeakBytesPerSecond PeakPacketsPerSecond PortAllocationErrorCount "
        "ProcessedBytes ProcessedBytes_QUIC ProcessedBytes_TCP ProcessedBytes_TLS ProcessedBytes_UDP ProcessedPackets "
        "RejectedFlowCount RejectedFlowCount_TCP RejectedFlowCount_UDP ReservedLCUs "
        "SecurityGroupBlockedFlowCount_Inbound_ICMP SecurityGroupBlockedFlowCount_Inbound_TCP "
        "SecurityGroupBlockedFlowCount_Inbound_UDP SecurityGroupBlockedFlowCount_Outbound_ICMP "
        "SecurityGroupBlockedFlowCount_Outbound_TCP SecurityGroupBlockedFlowCount_Outbound_UDP "
        "TCP_Client_Reset_Count TCP_ELB_Reset_Count TCP_Target_Reset_Count TargetTLSNegotiationErrorCount "
        "UnHealthyHostCount UnhealthyRoutingFlowCount ZonalHealthStatus",
        {},
    ),
    "AWS/RDS": (
        _GUIDE + "AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html",
        False,
        _RDS_DIMENSIONS,
        _RDS,
        {},
    ),
    "AWS/Route53": (
        _GUIDE + "Route53/latest/DeveloperGuide/monitoring-cloudwatch.html",
        False,
        ["HealthCheckId", "HostedZoneId", "HealthCheckId Region", "Region"],
        "ChildHealthCheckHealthyCount ConnectionTime HealthCheckPercentageHealthy HealthCheckStatus "
        "SSLHandshakeTime TimeToFirstByte DNSQueries DNSSECInternalFailure DNSSECKeySigningKeysNeedingAction "
        "DNSSECKeySigningKeyMaxNeedingActionAge DNSSECKeySigningKeyAge",
        {"HealthCheckStatus": ["HealthCheckId"], "DNSQueries": ["HostedZoneId"]},
    ),
    "AWS/S3": (
        _GUIDE + "AmazonS3/latest/userguide/metrics-dimensions.html",
        False,
        [
            "BucketName StorageType",
            "BucketName FilterId",
            "DestinationBucket RuleId SourceBucket",
            "AccessPointName DataSourceARN",
        ],
        "BucketSizeBytes NumberOfObjects AllRequests GetRequests PutRequests DeleteRequests HeadRequests PostRequests "
        "SelectRequests SelectBytesScanned SelectBytesReturned ListRequests BytesDownloaded BytesUploaded 4xxErrors "
        "5xxErrors FirstByteLatency TotalRequestLatency ReplicationLatency BytesPendingReplication "
        "OperationsPendingReplication OperationsFailedReplication",
        {},
    ),
    "AWS/SNS": (
        _GUIDE + "sns/latest/dg/sns-monitoring-using-cloudwatch.html",
        False,
        [
            "TopicName",
            "",
            "Application",
            "Application Platform",
            "Platform",
            "Country",
            "SMSType",
            "PhoneNumber",
            "Country SMSType",
        ],
        "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed "
        "NumberOfNotificationsFilteredOut NumberOfNotificationsFilteredOut-InvalidAttributes "
        "NumberOfNotificationsFilteredOut-InvalidMessageBody NumberOfNotificationsFilteredOut-MessageAttributes "
        "NumberOfNotificationsFilteredOut-MessageBody NumberOfNotificationsFilteredOut-NoMessageAttributes "
        "NumberOfNotificationsRedrivenToDlq NumberOfNotificationsFailedToRedriveToDlq PublishSize "
        "SMSMonthToDateSpentUSD SMSSuccessRate",
        {},
    ),
    "AWS/SQS": (
        _GUIDE + "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
        False,
        ["QueueName"],
        "ApproximateAgeOfOldestMessage ApproximateAgeOfOldestMessageInQuietGroups "
        "ApproximateNumberOfGroupsWithInflightMessages ApproximateNumberOfMessagesDelayed "
        "ApproximateNumberOfMessagesDelayedInQuietGroups ApproximateNumberOfMessagesNotVisible "
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups ApproximateNumberOfMessagesVisible "
        "ApproximateNumberOfMessagesVisibleInQuietGroups ApproximateNumberOfNoisyGroups "
        "NumberOfDeduplicatedSentMessages NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived "
        "NumberOfMessagesSent SentMessageSize",
        {},
    ),
    "AWS/States": (
        _GUIDE + "step-functions/latest/dg/procedure-cw-metrics.html",
        False,
        [
            "StateMachineArn",
            "ActivityArn",
            "LambdaFunctionArn",
            "ServiceIntegrationResourceArn",
            "APIName",
            "ServiceMetric",
            "StateMachineArn Version",
            "Alias StateMachineArn",
            "",
            "ServiceIntegrationResourceArn StateMachineArn",
        ],
        "ExecutionTime ExecutionThrottled ExecutionsAborted ExecutionsFailed ExecutionsRedriven "
        "ExecutionsRedrivenAborted ExecutionsRedrivenFailed ExecutionsRedrivenSucceeded ExecutionsRedrivenTimedOut "
        "ExecutionsStarted ExecutionsSucceeded ExecutionsTimedOut RedrivenExecutions ActivityRunTime "
        "ActivityScheduleTime ActivityTime ActivitiesFailed ActivitiesHeartbeatTimedOut ActivitiesScheduled "
        "ActivitiesStarted ActivitiesSucceeded ActivitiesTimedOut LambdaFunctionRunTime LambdaFunctionScheduleTime "
        "LambdaFunctionTime LambdaFunctionsFailed LambdaFunctionsScheduled LambdaFunctionsStarted "
        "LambdaFunctionsSucceeded LambdaFunctionsTimedOut ServiceIntegrationRunTime ServiceIntegrationScheduleTime "
        "ServiceIntegrationTime ServiceIntegrationsFailed ServiceIntegrationsScheduled ServiceIntegrationsStarted "
        "ServiceIntegrationsSucceeded ServiceIntegrationsTimedOut ConsumedCapacity ProvisionedBucketSize "
        "ProvisionedRefillRate ThrottledEvents ExpressExecutionBilledDuration ExpressExecutionBilledMemory "
        "ExpressExecutionMemory AliasConcurrentExecutions OpenExecutionCount OpenExecutionLimit "
        "ApproximateMapRunBacklogSize ApproximateOpenMapRunCount OpenMapRunLimit ConcurrentExecutions",
        {
            name: ["StateMachineArn", "StateMachineArn Version", "Alias StateMachineArn"]
            for name in ("ExecutionsFailed", "ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsTimedOut")
        },
    ),
    "AWS/Usage": (
        _GUIDE + "AmazonCloudWatch/latest/monitoring/CloudWatch-Usage-Metrics.html",
        False,
        ["Class Resource Service Type"],
        "CallCount ResourceCount ThrottleCount",
        {},
    ),
    "AWS/WAFV2": (
        _GUIDE + "waf/latest/developerguide/waf-metrics.html",
        False,
        [
            "Region Rule WebACL",
            "Rule WebACL",
            "Region RuleGroup Rule",
            "Region WebACL",
            "WebACL",
            "Rule RuleGroup",
            "Region Rule RuleGroup",
            "Label LabelNamespace Region WebACL",
        ],
        "AllowedRequests BlockedRequests CountedRequests CaptchaRequests ChallengeRequests PassedRequests "
        "RequestsWithValidCaptchaToken RequestsWithValidChallengeToken CaptchasAttempted CaptchasSolved",
        {},
    ),
}
