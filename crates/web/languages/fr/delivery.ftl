delivery-again = Regarder à nouveau
delivery-none = Aucune campagne n’est en cours
delivery-none-what = Dès qu’une part, cette page montre qui l’a reçue, à quelle vitesse, quels serveurs destinataires la freinent et pourquoi.
delivery-waits = Où cela attend
delivery-waits-caption = Ce qui attend pour chaque site destinataire, et pourquoi
delivery-waits-caption-whole = Ce qui attend pour chaque site destinataire dans tous les comptes, et pourquoi
delivery-elsewhere = Un autre processus envoie ; celui-ci ne voit pas pour quels sites des messages attendent. <code>avow queue</code> interroge celui qui envoie.
delivery-nothing-waits = Aucun site destinataire ne fait attendre un message de ce compte.
delivery-singles = Messages isolés
delivery-singles-caption = Messages isolés qui ne sont pas terminés
delivery-kind = Type
delivery-wait = En attente
delivery-put-off = Différés
delivery-next-try = Prochain essai
delivery-next-try-at = Prochain essai { $when }.
delivery-webhooks = Webhooks
delivery-webhooks-caption = Adresses informées des événements
delivery-fares = Comment cela va
delivery-whole = Toute l’instance
delivery-whole-what = Tous les comptes ensemble. Vous le voyez parce que vous êtes membre de chacun.
delivery-nothing = Rien n’est en route.
delivery-campaigns = { $n ->
    [one] Une campagne est en cours ; il reste { $people }.
   *[other] { $n } campagnes sont en cours ; il reste { $people }.
}
delivery-single-wait = { $n ->
    [one] Un message isolé attend.
   *[other] { $n } messages isolés attendent.
}
single-confirmation = Confirmations d’inscription
single-test = Messages de test
single-message = Messages de programmes
single-staff = Invitations et nouveaux mots de passe
hook-off = Désactivé
hook-failing = En échec
hook-untold = Rien ne lui a encore été signalé.
site-receiving = Site destinataire
site-holds = Ce qui le retient
site-ready = Prêts
site-behind = Derrière
site-rules = règles de { $name }
site-put-off = { $n } différés jusqu’ici
site-idle = Au repos
site-at-work = Au travail
site-at-its-pace = À son rythme
site-warm-up = Montée en charge
site-paused = A demandé d’attendre
site-our-fault = À corriger
site-resting = Pas de réponse
site-connections = { $n ->
    [one] { $n } connexion
   *[other] { $n } connexions
}
site-connections-open = { $open } connexions sur { $n }
site-limit-rate = { $connections }, { $rate }
site-limit-share = { $limit }, dont { $n } % accordés
import-running = En cours
import-finished = Terminé
change-patch = Retouche
change-minor = Mineure
change-major = Majeure
people-everyone = Toutes les personnes de l’audience de cette campagne.
people-reply = { $state } Seulement ceux dont la dernière réponse était { $code }.
held-idle = Rien ne l’attend.
held-connections = Toutes ses connexions travaillent.
held-preparing = Au travail ; les messages partent aussi vite qu’ils sont produits.
held-rate = Au travail, aussi vite que permis.
held-warm-up = La montée en charge de notre adresse n’en permet pas plus aujourd’hui.
held-our-fault = Nous devons corriger quelque chose : { $why }.
held-resting = Il n’a pas répondu ({ $why }).
job-draft = À lancer
job-stopping = En cours d’arrêt
job-stopped = Arrêté
job-failed = Échoué
job-not-finished = Pas terminé
