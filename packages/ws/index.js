// `require('ws')`: the class, with everything else of the module as its properties.

module.exports = require('harmony-websocket/ws');
