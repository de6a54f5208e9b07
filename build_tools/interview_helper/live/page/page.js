// The page: what the server tells (`events`) to what is seen. Words of the notes are only ever text, but for the sides of
// cards, which go into a document of their own in which no script runs.
'use strict';

const $ = (id) => document.getElementById(id);
const made = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child !== null && child !== ''));
  return element;
};
const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

// What is known of the notes, and the place in it: which is kept when they change, and when the page is loaded anew.
const notes = { version: 0, cards: {}, order: [], problems: [], next: null, papers: null, deck: null, round: null, refused: '' };
const place = { view: 'cards', card: '', ordinal: 0, back: false, opened: [], at: 0, scroll: 0, list: 0, filters: {} };
const looks = { theme: 'auto', width: 'desktop', answers: false, follow: false };
const kept = (store, name, value) => {
  try { Object.assign(value, JSON.parse(store.getItem(name) ?? '{}')); } catch { /* nothing was kept */ }
};
kept(sessionStorage, 'place', place);
kept(localStorage, 'looks', looks);
const keep = () => {
  try {
    sessionStorage.setItem('place', JSON.stringify(place));
    localStorage.setItem('looks', JSON.stringify(looks));
  } catch { /* a browser that keeps nothing shows the start next time */ }
};
addEventListener('pagehide', keep);

// --- cards ---------------------------------------------------------------------------------------------------------

const FILTERS = ['topic', 'tag', 'kind', 'code', 'event'];
const options = new Map(); // of the list, by card
let visible = []; // cards that the filters let through, in order

const matches = (card) => {
  const { topic, tag, kind, code, event, search = '' } = place.filters;
  return (!topic || card.topic === topic)
    && (!tag || card.tags.some((each) => each === tag || each.startsWith(`${tag}::`)))
    && (!kind || card.kind === kind)
    && (!code || card.codes.includes(code))
    && (!event || card.event === event)
    && search.toLowerCase().split(/\s+/).every((word) => card.words.includes(word) || card.path.toLowerCase().includes(word));
};

const drawChoices = () => {
  const counted = { topic: new Map(), tag: new Map(), kind: new Map(), code: new Map(), event: new Map() };
  const count = (name, value) => counted[name].set(value, (counted[name].get(value) ?? 0) + 1);
  for (const key of notes.order) {
    const card = notes.cards[key];
    count('topic', card.topic);
    count('kind', card.kind);
    card.tags.forEach((each) => count('tag', each));
    card.codes.forEach((each) => count('code', each));
    if (card.event) count('event', card.event);
  }
  const all = { topic: 'All topics', tag: 'All tags', kind: 'All kinds', code: 'All problems', event: 'All changes' };
  for (const name of FILTERS) {
    const chosen = place.filters[name] ?? '';
    const values = [...counted[name].keys()];
    if (name !== 'topic') values.sort();
    if (chosen && !values.includes(chosen)) values.push(chosen);
    const wanted = [['', all[name]], ...values.map((each) => [each, `${each} (${counted[name].get(each) ?? 0})`])];
    const select = $(name);
    if (JSON.stringify([...select.options].map((each) => [each.value, each.text])) !== JSON.stringify(wanted)) {
      select.replaceChildren(...wanted.map(([value, text]) => new Option(text, value)));
    }
    select.value = chosen;
    select.classList.toggle('set', Boolean(chosen));
    select.disabled = values.length === 0;
  }
  if ($('search').value !== (place.filters.search ?? '')) $('search').value = place.filters.search ?? '';
};

const worst = (codes) => codes.map((code) => notes.problems.find((each) => each.code === code)?.severity)
  .sort((one, other) => ['error', 'warning', 'hint'].indexOf(one) - ['error', 'warning', 'hint'].indexOf(other))[0];

const drawOption = (key) => {
  const card = notes.cards[key];
  const known = options.get(key);
  if (known && known.drawn === card) return known;
  const option = known ?? made('div', { className: 'card', role: 'option', id: `option-${options.size}-${Date.now()}` });
  option.dataset.card = key;
  option.drawn = card;
  option.replaceChildren(
    made('span', { className: 'question', textContent: card.question }),
    ...card.codes.map((code) => made('span', { className: `badge code ${worst([code])}`, textContent: code })),
    card.kind === 'basic' ? '' : made('span', { className: 'badge', textContent: card.kind }),
    card.event ? made('span', { className: `badge ${card.event}`, textContent: card.event }) : '',
  );
  options.set(key, option);
  return option;
};

const drawList = () => {
  visible = notes.order.filter((key) => matches(notes.cards[key]));
  const groups = [];
  let topic = null;
  for (const key of visible) {
    const card = notes.cards[key];
    if (topic === null || topic.topic !== card.topic) {
      topic = { topic: card.topic, keys: [] };
      groups.push(topic);
    }
    topic.keys.push(key);
  }
  for (const key of options.keys()) if (!(key in notes.cards)) options.delete(key);
  const list = $('list');
  const shape = JSON.stringify(groups);
  visible.forEach(drawOption);
  if (list.shape !== shape) { // else every row stays where it is, and so does whoever reads it
    list.shape = shape;
    const scroll = list.scrollTop;
    list.replaceChildren(...groups.map((group) => {
      const name = made('div', { className: 'name', textContent: group.topic });
      name.setAttribute('aria-hidden', 'true');
      const element = made('div', { className: 'topic', role: 'group', ariaLabel: group.topic }, name, ...group.keys.map((key) => options.get(key)));
      return element;
    }));
    list.scrollTop = scroll;
  }
  $('found').textContent = visible.length === notes.order.length
    ? plural(visible.length, 'card') : `${visible.length} of ${plural(notes.order.length, 'card')}`;
  document.querySelector('#filters [type="reset"]').hidden = visible.length === notes.order.length;
  markChosen();
};

const markChosen = () => {
  for (const [key, option] of options) option.setAttribute('aria-selected', String(key === place.card));
  const chosen = options.get(place.card);
  if (chosen?.isConnected) $('list').setAttribute('aria-activedescendant', chosen.id);
  else $('list').removeAttribute('aria-activedescendant');
};

// --- the card ------------------------------------------------------------------------------------------------------

const frame = $('frame');
let framed = ''; // what the frame shows
const card = () => notes.cards[place.card];
const inside = () => frame.contentDocument?.getElementById('qa');

const drawCard = () => {
  const root = inside();
  const now = card();
  $('turn').disabled = !now;
  $('edit').hidden = !now?.edit;
  $('where').textContent = now ? `${visible.indexOf(place.card) + 1} / ${visible.length}` : '';
  $('tags').replaceChildren(...(now?.tags ?? []).map((tag) => made('span', { textContent: `#${tag}` })));
  if (now) {
    if (place.ordinal >= now.sides.length) place.ordinal = 0;
    $('where').textContent += now.sides.length > 1 ? ` · card ${place.ordinal + 1} of ${now.sides.length} of this note` : '';
    $('edit').href = now.edit;
    $('edit').textContent = `${now.path}:${now.line}`;
    $('edit').title = 'Open it in the editor (e)';
  }
  $('turn').textContent = place.back ? 'Next' : 'Show answer';
  $('turn').title = place.back ? 'Next card (Space, or 1 to 4)' : 'Show the answer (Space)';
  if (!root) return;
  const html = now ? now.sides[place.ordinal][place.back ? 1 : 0] : '<div class="page"><p>No card is found.</p></div>';
  frame.contentDocument.documentElement.lang = notes.deck?.language || 'en';
  if (html !== framed) {
    framed = html;
    root.innerHTML = html;
    for (const formula of root.querySelectorAll('.formula[data-depth]')) formula.firstElementChild.style.verticalAlign = `-${formula.dataset.depth}em`;
    root.querySelectorAll('.cloze[data-cloze]').forEach((blank, number) => {
      blank.setAttribute('role', 'button');
      blank.tabIndex = 0;
      blank.dataset.number = number;
      blank.title = 'Show what stands here';
      if (place.opened.includes(number)) reveal(blank);
    });
    for (const box of root.querySelectorAll('pre, table, .formula')) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  frame.contentWindow.scrollTo(0, place.scroll);
};

const reveal = (blank) => {
  blank.innerHTML = blank.dataset.cloze; // HTML of the card, as it stands on its back
  delete blank.dataset.cloze;
  blank.removeAttribute('role');
  blank.removeAttribute('tabindex');
  blank.removeAttribute('title');
};

const open = (blank) => {
  place.opened.push(Number(blank.dataset.number));
  reveal(blank);
  say(blank.textContent);
};

const choose = (key, ordinal = 0, back = looks.answers) => {
  Object.assign(place, { card: key, ordinal, back, opened: [], scroll: 0, at: Math.max(0, notes.order.indexOf(key)) });
  drawCard();
  markChosen();
  options.get(key)?.scrollIntoView({ block: 'nearest' });
};

const step = (by) => {
  const now = card();
  const ordinal = place.ordinal + by;
  if (now && visible.includes(place.card) && ordinal >= 0 && ordinal < now.sides.length) return choose(place.card, ordinal);
  const at = visible.indexOf(place.card);
  // Of cards that the filters hide, the next is the next that is seen.
  const wanted = at >= 0 ? visible[at + by] : visible.find((key) => notes.order.indexOf(key) > place.at) ?? visible[0];
  if (wanted) choose(wanted, by < 0 ? notes.cards[wanted].sides.length - 1 : 0);
};

const turn = () => {
  if (!card()) return;
  if (place.back) return step(1);
  place.back = true;
  place.scroll = 0;
  drawCard();
  const answer = inside()?.querySelector('#answer');
  if (answer && answer.getBoundingClientRect().top > frame.clientHeight * 0.8) answer.scrollIntoView({ block: 'start' });
  say('Answer shown');
};

// --- the other views -----------------------------------------------------------------------------------------------

const edited = (each) => each.edit
  ? made('a', { className: 'at', href: each.edit, textContent: `${each.path}:${each.line}`, title: 'Open it in the editor' })
  : made('span', { className: 'at', textContent: each.line ? `${each.path}:${each.line}` : each.path });

const named = (each, words) => {
  if (!each.card) return made('span', { className: 'what' }, words);
  const button = made('button', { className: 'what', title: 'Show the card' }, words);
  button.addEventListener('click', () => {
    if (!visible.includes(each.card)) { place.filters = {}; drawChoices(); drawList(); }
    show('cards');
    choose(each.card);
  });
  return button;
};

const drawNext = () => {
  const { changes, summary, updated, pending } = notes.next;
  const rows = (event) => changes.filter((change) => change.event === event).map((change) => made('li', {},
    made('div', { className: 'head' }, made('span', { className: `badge ${event}`, textContent: event }), named(change, change.question), edited(change)),
    ...change.details.map((detail) => made('p', {}, detail.name ? `${detail.name}: ` : '', ...detail.words.map(([what, words]) =>
      what === 'went' ? made('del', { textContent: words }) : what === 'came' ? made('ins', { textContent: words }) : words))),
    event === 'retired' ? made('p', { textContent: `its id: ${change.id}` }) : ''));
  const events = ['new', 'changed', 'moved', 'retired', 'restored'].filter((event) => changes.some((change) => change.event === event));
  $('next').replaceChildren(
    made('h2', { textContent: summary }),
    made('p', { className: 'empty', textContent: notes.round.broken ? 'Nothing is built until the errors are mended.'
      : pending ? 'This is what interview-helper build writes into the deck, and the import after it does.' : 'The deck is as it was built last.' }),
    updated ? made('p', { className: 'empty', textContent: `${updated === 1 ? '1 note is' : `${updated} notes are`} updated by the import: tags of your own on them are lost, flags and reviews stay.` }) : '',
    ...events.flatMap((event) => [made('h2', { textContent: event[0].toUpperCase() + event.slice(1) }), made('ul', { className: 'rows' }, ...rows(event))]),
  );
  $('tab-next').querySelector('.count').textContent = changes.length || '';
};

const drawProblems = () => {
  const files = [...new Set(notes.problems.map((each) => each.path))];
  $('problems').replaceChildren(
    ...(files.length ? [] : [made('p', { className: 'empty', textContent: 'Nothing to complain of.' })]),
    ...files.flatMap((file) => [made('h2', { textContent: file }), made('ul', { className: 'rows' }, ...notes.problems.filter((each) => each.path === file).map((each) => made('li', {},
      made('div', { className: 'head' }, made('span', { className: `badge ${each.severity}`, textContent: `${each.severity} ${each.code}`, title: each.title }), named(each, each.message), edited(each)),
      each.excerpt ? made('pre', { textContent: each.excerpt, tabIndex: 0 }) : '',
      each.hint ? made('p', { textContent: each.hint }) : '')))]),
  );
  const count = $('tab-problems').querySelector('.count');
  count.textContent = notes.problems.length || '';
  count.dataset.worst = worst(notes.problems.map((each) => each.code)) ?? '';
};

const drawSheet = () => {
  const { files = [], why = '', round = 0 } = notes.papers ?? {};
  const sheet = $('sheet');
  const old = new Map([...sheet.querySelectorAll('img')].map((image) => [image.dataset.name, image]));
  const late = !notes.papers || (notes.round && round < notes.round.number && !notes.round.broken);
  sheet.classList.toggle('laying', Boolean(late && files.length));
  const scroll = sheet.scrollTop;
  sheet.replaceChildren(
    why ? made('p', { className: 'empty', textContent: why }) : '',
    files.length || why ? '' : made('p', { className: 'empty', textContent: notes.papers ? 'Nothing of it is for paper.' : 'The sheet is being laid out …' }),
    ...files.flatMap((file) => {
      const pdf = `papers/${file.version}/${encodeURIComponent(file.name)}`;
      return [
        made('h2', { textContent: `${file.name}.pdf, ${plural(file.pages.length, 'page')}` }, made('a', { href: `${pdf}.pdf`, target: '_blank', rel: 'noopener', textContent: 'Open the PDF' })),
        made('div', { className: 'pages' }, ...file.pages.map(([width, height], number) => {
          const name = `${file.name} ${number}`;
          const image = old.get(name) ?? made('img', { loading: 'lazy' });
          Object.assign(image, { width: Math.round(width), height: Math.round(height), alt: `Page ${number + 1} of ${file.pages.length} of ${file.name}.pdf` });
          image.dataset.name = name;
          const source = `${pdf}/${number}.png`;
          if (image.getAttribute('src') !== source) {
            if (image.src) { // the old page stays until the new one is there
              const next = new Image();
              next.onload = () => { image.src = source; };
              next.src = source;
            } else image.src = source;
          }
          return image;
        })),
      ];
    }),
  );
  sheet.scrollTop = scroll;
  const count = files.reduce((sum, file) => sum + file.pages.length, 0);
  $('tab-sheet').querySelector('.count').textContent = late ? '…' : count ? plural(count, 'page') : '';
};

// --- looks ---------------------------------------------------------------------------------------------------------

const VIEWS = ['cards', 'sheet', 'next', 'problems'];
const show = (view, focus = false) => {
  place.view = view;
  for (const each of VIEWS) {
    const tab = $(`tab-${each}`);
    tab.setAttribute('aria-selected', String(each === view));
    tab.tabIndex = each === view ? 0 : -1;
    $(each).hidden = each !== view;
  }
  if (focus) $(`tab-${view}`).focus();
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const drawLooks = () => {
  const night = looks.theme === 'night' || (looks.theme === 'auto' && dark.matches);
  document.documentElement.dataset.theme = night ? 'night' : 'light';
  for (const button of $('theme').children) button.setAttribute('aria-pressed', String(button.value === looks.theme));
  for (const button of $('width').children) button.setAttribute('aria-pressed', String(button.value === looks.width));
  $('desk').dataset.width = looks.width;
  $('answers').checked = looks.answers;
  $('follow').checked = looks.follow;
  const page = frame.contentDocument;
  if (page?.body) {
    page.documentElement.classList.toggle('night-mode', night);
    page.body.classList.toggle('nightMode', night);
    page.body.classList.toggle('night_mode', night);
  }
};

const say = (words) => { $('said').textContent = words; };

// --- what is done --------------------------------------------------------------------------------------------------

const filtered = () => {
  for (const name of FILTERS) place.filters[name] = $(name).value;
  place.filters.search = $('search').value;
  drawChoices();
  drawList();
  if (visible.length && !visible.includes(place.card)) choose(visible[0]);
  else drawCard();
  say($('found').textContent);
};
$('filters').addEventListener('input', filtered);
$('filters').addEventListener('reset', (event) => {
  event.preventDefault();
  place.filters = {};
  drawChoices();
  filtered();
});
$('filters').addEventListener('submit', (event) => { event.preventDefault(); $('list').focus(); });
$('list').addEventListener('click', (event) => {
  const option = event.target.closest('[role="option"]');
  if (option) choose(option.dataset.card);
});
$('turn').addEventListener('click', turn);
$('back').addEventListener('click', () => step(-1));
$('forth').addEventListener('click', () => step(1));
$('answers').addEventListener('change', () => { looks.answers = $('answers').checked; place.back = looks.answers; drawCard(); });
$('follow').addEventListener('change', () => { looks.follow = $('follow').checked; });
for (const name of ['theme', 'width']) {
  $(name).addEventListener('click', (event) => {
    if (!event.target.value) return;
    looks[name] = event.target.value;
    drawLooks();
  });
}
dark.addEventListener('change', drawLooks);
$('views').addEventListener('click', (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) show(tab.getAttribute('aria-controls'));
});
$('views').addEventListener('keydown', (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const last = { Home: 0, End: VIEWS.length - 1 }[event.key];
  if (by === undefined && last === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  show(VIEWS[last ?? (VIEWS.indexOf(place.view) + by + VIEWS.length) % VIEWS.length], true);
});

// As in Anki: Space or Enter shows the answer and goes on, 1 to 4 go on. Nothing is ever answered here.
let clicked = null; // the button that has the focus because somebody clicked it
addEventListener('pointerdown', (event) => { clicked = event.target.closest('button, input'); });
const pressed = (event) => {
  if (event.key === 'Tab' || event.target === $('list')) clicked = null;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target;
  const typing = target.closest?.('input:not([type="checkbox"]), select, textarea');
  if (event.key === 'Escape' && typing) return target.blur();
  if (typing) return;
  const blank = target.closest?.('.cloze[role="button"]');
  if (blank && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    return open(blank);
  }
  if (event.key === '/') {
    event.preventDefault();
    show('cards');
    return $('search').focus();
  }
  if (place.view !== 'cards') return;
  if (target.closest?.('button, a, summary, label, input') && (event.key === 'Enter' || event.key === ' ')) {
    // What the keyboard has come to does what it does; what was clicked before is done, and the keys are the card's again.
    if (target !== clicked || event.key === 'Enter') return;
    target.blur();
  }
  const done = {
    ' ': turn, Enter: turn,
    1: () => place.back && step(1), 2: () => place.back && step(1), 3: () => place.back && step(1), 4: () => place.back && step(1),
    ArrowRight: () => step(1), ArrowLeft: () => step(-1),
    e: () => $('edit').hidden || $('edit').click(),
  }[event.key];
  const listed = target === $('list') && { ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => visible[0] && choose(visible[0]), End: () => visible.length && choose(visible.at(-1)) }[event.key];
  if (!done && !listed) return;
  if (target.closest?.('pre, table, .formula') && event.key.startsWith('Arrow')) return; // it scrolls
  event.preventDefault();
  (listed || done)();
};
addEventListener('keydown', pressed);

const entered = () => {
  const page = frame.contentDocument;
  if (!page?.getElementById('qa') || page.heard) return;
  page.heard = true;
  page.addEventListener('keydown', pressed);
  page.addEventListener('click', (event) => {
    const blank = event.target.closest('.cloze[role="button"]');
    if (blank) open(blank);
  });
  page.addEventListener('scroll', () => { place.scroll = page.defaultView.scrollY; });
  framed = '';
  drawLooks();
  drawCard();
};
frame.addEventListener('load', entered);

// --- what is told --------------------------------------------------------------------------------------------------

const told = (news) => {
  const first = notes.version === 0;
  const saved = Object.keys(news.cards).filter((key) => !first && JSON.stringify(notes.cards[key]?.sides) !== JSON.stringify(news.cards[key].sides));
  const { cards, ...rest } = news;
  Object.assign(notes, rest);
  Object.assign(notes.cards, cards);
  if (news.order) {
    const left = new Set(news.order);
    for (const key of Object.keys(notes.cards)) if (!left.has(key)) delete notes.cards[key];
  }
  if (news.deck) {
    $('title').textContent = news.deck.title;
    document.title = `${news.deck.title} – preview`;
  }
  if (news.order || saved.length || Object.keys(cards).length) {
    drawChoices();
    drawList();
    $('tab-cards').querySelector('.count').textContent = notes.order.length;
    if (looks.follow && saved.length) choose(saved.at(-1), 0, place.back);
    else if (!(place.card in notes.cards)) {
      const near = notes.order[Math.min(place.at, notes.order.length - 1)];
      choose(visible.includes(near) || !visible.length ? near ?? '' : visible[0]);
    } else drawCard();
    place.at = Math.max(0, notes.order.indexOf(place.card));
    for (const key of saved) {
      const option = options.get(key);
      option?.classList.remove('saved');
      requestAnimationFrame(() => option?.classList.add('saved'));
    }
    if (first) options.get(place.card)?.scrollIntoView({ block: 'nearest' });
  }
  if (news.next || news.round) drawNext();
  if (news.problems) drawProblems();
  if (news.papers || news.round) drawSheet();
  if ('refused' in news) {
    $('trouble').hidden = !news.refused;
    $('trouble').textContent = news.refused ? `${news.refused}: waiting until it is mended` : '';
  }
  if (!first && news.round) say(notes.round.done ? `Saved: ${notes.round.done}` : 'Saved');
};

const connect = () => {
  const events = new EventSource('events');
  const state = (name, words) => {
    $('connection').dataset.state = name;
    $('connection').textContent = words;
  };
  events.onopen = () => state('live', 'live');
  events.onmessage = (event) => told(JSON.parse(event.data));
  events.onerror = () => state('lost', 'preview has ended');
};

show(place.view);
drawLooks();
entered();
connect();
