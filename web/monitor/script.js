'use strict';
const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat();
const megabytes = (bytes) => number.format(Math.round(bytes / 1048576)) + ' MB';
const hours = (seconds) => (seconds === null ? 'never' : number.format(Math.round(seconds / 360) / 10) + ' h');

function table(title, rows) {
  const made = document.createElement('table');
  made.createCaption().textContent = title;
  for (const cells of rows.length ? rows : [['nothing', '']]) {
    const row = made.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  return made;
}

async function read(path) {
  const answer = await fetch(path, { headers: { Authorization: 'Bearer ' + byId('token').value } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}

async function show() {
  try {
    const [facts, alerts, runs] = await Promise.all(
      [read('/admin/monitor/facts'), read('/admin/alerts'), read('/admin/cleanup/runs?limit=5')]);
    const of = (what) => facts.activity.filter((each) => each.what === what).map((each) => [each.kind, number.format(each.rows)]);
    byId('tables').replaceChildren(
      table('Alerts', alerts.data.filter((each) => each.state === 'firing').map((each) => [each.name, each.summary])),
      table('Soft deletes, last hour', of('delete')),
      table('Restores, last hour', of('restore')),
      table('Refused restores, last hour', of('refused')),
      table('Purges, last hour', of('purge')),
      table('In the trash', facts.trash.map((each) => [each.kind + ', oldest ' + hours(each.oldestSeconds), number.format(each.rows)])),
      table('Storage', [['database', megabytes(facts.databaseBytes)], ['used of ' + megabytes(facts.capacityBytes), megabytes(facts.usedBytes)],
        ...facts.tables.slice(0, 8).map((each) => [each.name, megabytes(each.bytes)])]),
      table('Waiting', [['mails', facts.mails], ['files to remove', facts.fileRemovals], ['thumbnails', facts.thumbnails]]),
      table('Cleanup', [['last one', hours(facts.secondsSinceCleanup)], ['could not be purged', facts.cleanupFailures],
        ['clock', facts.clockTrouble || 'as it should be'], ...runs.data.map((run) => [run.state + ' ' + run.startedAt, number.format(run.purged)])]));
    byId('said').textContent = 'As of ' + new Date().toLocaleTimeString();
  } catch (error) {
    byId('said').textContent = error.message;
  }
}

let again;
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  clearInterval(again);
  again = setInterval(show, 10000);
  show();
});
