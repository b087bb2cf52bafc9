"""What several clients do at once is neither lost nor done twice."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError
from emulator_helpers import Connect

CLIENTS = 8


def test_one_of_many_conditional_writes_succeeds(aws: Connect) -> None:
    client, table = aws("dynamodb"), f"t-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def write(key: str) -> bool:
        try:
            client.put_item(TableName=table, Item={"id": {"S": key}}, ConditionExpression="attribute_not_exists(id)")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            return False
        return True

    keys = [str(number // CLIENTS) for number in range(10 * CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        assert sum(threads.map(write, keys)) == 10


def test_no_message_is_lost_or_received_twice(aws: Connect) -> None:
    client = aws("sqs")
    url = client.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    sent = [str(number) for number in range(120)]

    def send(body: str) -> None:
        client.send_message(QueueUrl=url, MessageBody=body)

    def receive_all(_: int) -> list[str]:
        found, empty = [], 0
        while empty < 2:
            messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=3, WaitTimeSeconds=1).get(
                "Messages", []
            )
            empty = 0 if messages else empty + 1
            for message in messages:
                found.append(message["Body"])
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if len(found) == len(sent):
                break
        return found

    with ThreadPoolExecutor(CLIENTS) as threads:
        receivers = [threads.submit(receive_all, number) for number in range(3)]
        list(threads.map(send, sent))
        received = [body for receiver in receivers for body in receiver.result()]
    assert sorted(received) == sorted(sent)
