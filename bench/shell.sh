# What a person would write by hand: clone, commit, push, three calls.
set -euo pipefail
header="Authorization: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)"
git -c "http.extraHeader=$header" clone --quiet --depth 1 "$SERVER_URL/$REPOSITORY.git" "$FOLDER/work"
cd "$FOLDER/work"
git checkout --quiet -b "$BRANCH"
sed -i '1s/.*/Changed./' "$FILE"
git commit --quiet --all --message "Change a file"
git -c "http.extraHeader=$header" push --quiet origin "$BRANCH"
call() {
  curl --silent --show-error --fail --output /dev/null --header "Authorization: Bearer $TOKEN" --data "$2" "$SERVER_URL/repos/$REPOSITORY/$1"
}
call pulls "{\"title\": \"Change a file\", \"head\": \"$BRANCH\", \"base\": \"main\", \"body\": \"Fixes #$ISSUE\"}"
call "issues/$ISSUE/comments" '{"body": "Started."}'
call "issues/$ISSUE/comments" '{"body": "Done."}'
