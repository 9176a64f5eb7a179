#!/usr/bin/env bash
# curl.sh <server URL> <API key> <phase>: every row of the documented error table that a caller can meet, asked for
# with curl. The phases are the states that a server can be in for its callers:
#   no-agent   no browser has been seen yet      ready    a browser is there
#   limited    LinkedIn's limit on invitations lasts
set -euo pipefail

url="$1" key="$2" phase="$3"
fetch="$url/linkedin-agent/fetch-connections"
invite="$url/linkedin-agent/send-connection-request"
status="$url/linkedin-agent/get-task-status"
cancel="$url/linkedin-agent/cancel-task"
answer="$(mktemp -d "${TMPDIR:-/tmp}/liaison-curl.XXXXXX")"
trap 'rm -rf "$answer"' EXIT
checked=0 failed=0

ask() {
  curl --silent --show-error --max-time 60 --output "$answer/body" --dump-header "$answer/head" \
    --write-out '%{http_code}' "$@"
}
with_key() { ask --header "x-api-key: $key" "$@"; }
post() { with_key --header 'content-type: application/json' --data-binary "$2" "$1"; }

# expect <what> <status> <piece of the body> <seen status>
expect() {
  checked=$((checked + 1))
  if [ "$4" = "$2" ] && grep -qF -- "$3" "$answer/body"; then
    printf 'ok    %s: %s\n' "$2" "$1"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s: wanted %s with %s, got %s with %s\n' "$1" "$2" "$3" "$4" "$(head -c 300 "$answer/body")"
  fi
}
refuses() { expect "$1" "$2" '"success":false,"error":"'"$3"'"' "$4"; }
starts_with() { expect "$1" "$2" '"success":false,"error":"'"$3" "$4"; }

bad_input() {
  refuses 'not JSON' 400 'Invalid JSON body' "$(post "$fetch" '{"count":')"
  refuses 'an array' 400 'Invalid JSON body' "$(post "$fetch" '[]')"
  refuses 'a string' 400 'Invalid JSON body' "$(post "$invite" '"ACoAABCDEF123"')"
  refuses 'keyword 7' 400 "Invalid 'keyword': must be a string" "$(post "$fetch" '{"keyword":7}')"
  refuses 'sort_type {}' 400 "Invalid 'sort_type': must be a string" "$(post "$fetch" '{"sort_type":{}}')"
  local value
  for value in -1 1.5 '"0"' true '[]'; do
    refuses "start $value" 400 "Invalid 'start': must be a non-negative integer" "$(post "$fetch" "{\"start\":$value}")"
  done
  for value in 0 501 1.5 -3 '"40"' true; do
    refuses "count $value" 400 "Invalid 'count': must be an integer between 1 and 500" \
      "$(post "$fetch" "{\"count\":$value}")"
  done
  for value in '"some"' '"ALL"' '""' 7 true '["all"]' '{}'; do
    refuses "fields $value" 400 "Invalid 'fields': must be 'all' or 'total'" "$(post "$fetch" "{\"fields\":$value}")"
  done
  refuses 'fields 7 and count 0' 400 "Invalid 'count': must be an integer between 1 and 500" \
    "$(post "$fetch" '{"fields":7,"count":0}')"
  for value in '{}' '{"profile_urn":null}' '{"profile_urn":7}' '{"profile_urn":""}' \
    '{"profile_urn":"urn:li:member:12345678"}'; do
    refuses "invitation $value" 400 "Missing or invalid 'profile_urn'" "$(post "$invite" "$value")"
  done
  for value in short ada-lovelace https://www.linkedin.com/in/someone; do
    starts_with "invitation of $value" 400 "Missing or invalid 'profile_urn': it looks like a public identifier" \
      "$(post "$invite" "{\"profile_urn\":\"$value\"}")"
  done
  refuses 'note 7' 400 "Invalid 'note': must be a string" "$(post "$invite" '{"profile_urn":"ACoAABCDEF123","note":7}')"
  local long
  long="$(printf 'x%.0s' {1..301})"
  refuses 'a note of 301' 400 "Invalid 'note': must be 300 characters or fewer" \
    "$(post "$invite" "{\"profile_urn\":\"ACoAABCDEF123\",\"note\":\"$long\"}")"
  long="$(printf '🚀%.0s' {1..151})"
  refuses 'a note of 151 emoji' 400 "Invalid 'note': must be 300 characters or fewer" \
    "$(post "$invite" "{\"profile_urn\":\"ACoAABCDEF123\",\"note\":\"$long\"}")"
  for value in 59999 2592000001 1.5 '"60000"' true; do
    for long in "$fetch" "$invite"; do
      refuses "deadline_ms $value: ${long##*/}" 400 \
        "Invalid 'deadline_ms': must be an integer between 60000 and 2592000000" \
        "$(post "$long" "{\"profile_urn\":\"ACoAABCDEF123\",\"deadline_ms\":$value}")"
    done
  done
  for value in '"true"' 1 '[]'; do
    refuses "allow_duplicate $value" 400 "Invalid 'allow_duplicate': must be a boolean" \
      "$(post "$invite" "{\"profile_urn\":\"ACoAABCDEF123\",\"allow_duplicate\":$value}")"
  done
  for value in 'two words' '"open' "$(printf 'k%.0s' {1..256})"; do
    refuses "a key that is none: ${value:0:10}" 400 \
      "Invalid 'Idempotency-Key': must be one key of 1 to 255 printable ASCII characters" \
      "$(with_key --header "idempotency-key: $value" --data-binary '{}' "$fetch")"
  done
  refuses 'nothing to cancel' 400 "Missing or invalid 'api_agent_task_id'" "$(post "$cancel" '{}')"
  refuses 'cancelling what is no task id' 400 "Missing or invalid 'api_agent_task_id'" \
    "$(post "$cancel" '{"api_agent_task_id":"7"}')"
  refuses 'no task id' 400 "Missing or invalid 'api_agent_task_id'" "$(with_key "$status")"
  refuses 'a task id that is none' 400 "Missing or invalid 'api_agent_task_id'" \
    "$(with_key "$status?api_agent_task_id=7")"
}

bad_key() {
  local page
  for page in "$fetch" "$invite" "$cancel"; do
    refuses "no key: ${page##*/}" 401 'Missing API Key' "$(ask --data-binary 'nonsense' "$page")"
    refuses "a wrong key: ${page##*/}" 401 'Invalid API Key' \
      "$(ask --header 'x-api-key: wrong' --data-binary 'nonsense' "$page")"
  done
  refuses 'no key: get-task-status' 401 'Missing API Key' "$(ask "$status")"
  refuses 'a wrong key: get-task-status' 401 'Invalid API Key' "$(ask --header 'x-api-key: wrong' "$status")"
}

bad_place() {
  refuses 'a task that does not exist' 404 'Agent task not found' \
    "$(with_key "$status?api_agent_task_id=550e8400-e29b-41d4-a716-446655440000")"
  refuses 'cancelling a task that does not exist' 404 'Agent task not found' \
    "$(post "$cancel" '{"api_agent_task_id":"550e8400-e29b-41d4-a716-446655440000"}')"
  starts_with 'an unknown route' 404 '' "$(with_key "$url/linkedin-agent/no-such-thing")"
  starts_with 'a wrong method' 405 '' "$(with_key --request DELETE "$fetch")"
  starts_with 'a wrong method for the status' 405 '' "$(post "$status" '{}')"
}

too_much() {
  head -c 10000000 /dev/zero | tr '\0' 'x' >"$answer/huge"
  local seen
  seen="$(with_key --header 'content-type: application/json' --header 'expect:' --data-binary "@$answer/huge" "$fetch")"
  starts_with 'a body of 10 MB' 413 '' "$seen"
}

case "$phase" in
  no-agent)
    bad_key
    bad_input
    bad_place
    too_much
    starts_with 'no browser yet: fetch' 403 'Plugin installation required' "$(post "$fetch" '{}')"
    starts_with 'no browser yet: invitation' 403 'Plugin installation required' \
      "$(post "$invite" '{"profile_urn":"ACoAABCDEF123"}')"
    ;;
  ready)
    bad_key
    bad_input
    bad_place
    too_much
    expect 'no body at all' 200 '"message":"Fetch connections task created successfully"' \
      "$(with_key --request POST "$fetch")"
    expect 'nulls' 200 '"success":true,"api_agent_task_id":"' \
      "$(post "$fetch" '{"keyword":null,"sort_type":null,"start":null,"count":null}')"
    expect 'no content type' 200 '"success":true' "$(with_key --header 'content-type:' --data-binary '{"count":1}' "$fetch")"
    expect "a form's content type" 200 '"success":true' "$(with_key --data '{"count":1}' "$fetch")"
    expect 'count 40.0' 200 '"success":true' "$(post "$fetch" '{"count":40.0}')"
    task="$(sed 's/.*"api_agent_task_id":"\([^"]*\)".*/\1/' "$answer/body")"
    expect 'its status' 200 '"task_type":"agent_fetch_connections"' "$(with_key "$status?api_agent_task_id=$task")"
    expect 'a key' 200 '"success":true' "$(with_key --header 'idempotency-key: k1' --data-binary '{"count":1}' "$fetch")"
    expect 'the same key again' 200 '"success":true' \
      "$(with_key --header 'idempotency-key: "k1"' --data-binary '{"count":1.0}' "$fetch")"
    refuses 'the same key for something else' 422 \
      "This 'Idempotency-Key' was used for another request; use a new key for a new request" \
      "$(with_key --header 'idempotency-key: k1' --data-binary '{"count":2}' "$fetch")"
    rockets="$(printf '🚀%.0s' {1..150})"
    expect 'a note of 150 emoji' 200 '"message":"Send connection request task created successfully"' \
      "$(post "$invite" "{\"profile_urn\":\"urn:li:fsd_profile:ACoAABCDEF123\",\"note\":\"  $rockets  \"}")"
    printf 'invitation task: %s\n' "$(sed 's/.*"api_agent_task_id":"\([^"]*\)".*/\1/' "$answer/body")"
    ;;
  limited)
    refuses 'over the limit' 429 'LinkedIn invitation limit reached' \
      "$(post "$invite" '{"profile_urn":"ACoAAHIJKLMNOPQRST"}')"
    checked=$((checked + 1))
    grep -qi '^retry-after: [1-9]' "$answer/head" || { failed=$((failed + 1)); echo 'FAIL  no Retry-After'; }
    refuses 'bad input comes before the limit' 400 "Missing or invalid 'profile_urn'" "$(post "$invite" '{}')"
    expect 'reading is not limited' 200 '"success":true' "$(post "$fetch" '{"count":1}')"
    ;;
  *)
    echo "curl.sh: no phase '$phase'" >&2
    exit 2
    ;;
esac
printf '%s: %s checked, %s failed\n' "$phase" "$checked" "$failed"
[ "$failed" -eq 0 ]
